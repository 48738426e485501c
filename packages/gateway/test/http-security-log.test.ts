// Who came in and who was turned away: one line of the log each, at every level, naming nobody, and no more of them than the
// disk can bear.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SecurityEvent } from '../src/http/security-events.ts';
import { SECURITY_LINES_MAX } from '../src/telemetry/security-log.ts';
import { CLIENT_ID, CLIENT_SECRET, IdentityProvider } from './support/identity-provider.ts';
import { PersonBrowser } from './support/person-browser.ts';
import { createWorld, type World } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';

const PUBLIC_URL = 'http://127.0.0.1:1';
const OFFICER = { id: 'officer-5271', claims: { groups: ['ops'], name: 'Phạm Quốc Khánh' } };
const STRANGER = { id: 'stranger-9034', claims: { groups: ['sales'], name: 'Đỗ Mỹ Linh' } };
const MARK = /^[\w-]{22}$/;

let folder: string;
let idp: IdentityProvider;
let gateway: TestGateway;
let world: World;
let lines: string[] = [];

beforeAll(async () => {
  idp = await IdentityProvider.start({ callbackUrl: `${PUBLIC_URL}/v1/sign-in/callback` });
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-security-'));
  const file = path.join(folder, 'sign-in.json');
  const provider = {
    id: 'staff',
    issuer: idp.issuer,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scopes: ['openid', 'profile'],
    rules: [{ claim: 'groups', includes: 'ops', role: 'operator' }],
  };
  await writeFile(file, JSON.stringify({ identityProviders: [provider] }));
  gateway = await TestGateway.start({
    env: {
      PLAYGATE_LOG_LEVEL: 'fatal',
      PLAYGATE_PUBLIC_URL: PUBLIC_URL,
      PLAYGATE_SIGN_IN_FILE: file,
      PLAYGATE_RATE_HEARTBEATS: '2',
    },
    logTo: { write: (line) => void lines.push(line) },
  });
  world = await createWorld(gateway);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await idp[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  lines = [];
});

const told = () =>
  lines
    .map((line) => JSON.parse(line) as SecurityEvent & { readonly msg: string; readonly leftOut?: number })
    .filter(({ msg }) => msg === 'security');

describe('a person', () => {
  it('who signs in and out is told, by a mark and a role', async () => {
    const browser = new PersonBrowser(gateway.baseUrl);
    idp.account = OFFICER;
    expect((await browser.signIn(idp)).status).toBe(303);
    const { csrfToken } = (await browser.send('GET', '/v1/me')).body as { readonly csrfToken: string };
    const headers = { origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrfToken };
    expect((await browser.send('POST', '/v1/sign-out', headers)).status).toBe(204);
    const person = expect.stringMatching(MARK);
    expect(told()).toMatchObject([
      { event: 'signed_in', operationId: 'completeSignIn', actor: { role: 'operator', person }, code: null },
      { event: 'signed_out', operationId: 'endSignIn', actor: { role: 'operator', person }, code: null },
    ]);
    const [entered, left] = told();
    expect(entered!.actor!.person).toBe(left!.actor!.person);
    expect(lines.join('')).not.toMatch(/officer|Khánh/);
  });

  it('who has no role here is told as refused, and nothing of who it was', async () => {
    idp.account = STRANGER;
    expect((await new PersonBrowser(gateway.baseUrl).signIn(idp)).status).toBe(403);
    expect(told()).toMatchObject([{ event: 'sign_in_refused', actor: null, code: 'forbidden' }]);
    expect(lines.join('')).not.toMatch(/stranger|Linh/);
  });
});

describe('a credential', () => {
  const id = (requestId: string) => ({ 'x-request-id': requestId });

  it('that is not good is told with the id of its request, and is not repeated', async () => {
    const bad = ['sk_live_0123456789', 'guess-at-the-operator-token', 'eyJhbGciOiJub25lIn0.e30.x'];
    for (const [at, token] of bad.entries()) {
      const answer = await gateway.send('GET', '/v1/games', { token, headers: id(`bad-${at}`) });
      expect(answer.status).toBe(401);
    }
    const from = expect.stringMatching(MARK);
    expect(told()).toMatchObject(
      bad.map((_, at) => ({
        event: 'credential_refused',
        operationId: 'listGames',
        requestId: `bad-${at}`,
        actor: null,
        from,
        code: 'unauthenticated',
      })),
    );
    for (const token of bad) expect(lines.join('')).not.toContain(token);
    expect(lines.join('')).not.toContain('127.0.0.1');
  });

  it('that is good but not for this is told with its id', async () => {
    const request = { token: world.tenant.publishableKey, headers: id('not-for-it') };
    expect((await gateway.send('GET', '/v1/games', request)).status).toBe(403);
    const actor = { role: 'publishable', id: expect.stringMatching(/^key_/), person: null };
    expect(told()).toMatchObject([{ event: 'access_refused', requestId: 'not-for-it', actor, code: 'forbidden' }]);
  });

  it('that was not given is no event, nor is one that does its work', async () => {
    await gateway.send('GET', '/v1/games');
    await gateway.send('GET', '/v1/games', { token: world.tenant.secretKey });
    expect(told()).toEqual([]);
  });
});

it('a limit that is hit is told, and not whose session it was', async () => {
  const { credentials, ids } = world;
  for (let seq = 1; seq <= 3; seq++) {
    const request = { token: credentials.session, body: { seq, state: 'active' } };
    await gateway.send('POST', `/v1/sessions/${ids.sessionId}/heartbeats`, request);
  }
  const actor = { role: 'session', id: null, person: null };
  expect(told()).toMatchObject([{ event: 'limit_hit', operationId: 'recordHeartbeat', actor, code: 'rate_limited' }]);
  expect(lines.join('')).not.toContain(ids.sessionId);
});

it('an attack writes a few lines', async () => {
  for (let times = 0; times < SECURITY_LINES_MAX * 3; times++) {
    await gateway.send('GET', '/v1/games', { token: `sk_live_${times}` });
  }
  expect(told().length).toBeGreaterThan(0);
  expect(told().length).toBeLessThanOrEqual(SECURITY_LINES_MAX);
});
