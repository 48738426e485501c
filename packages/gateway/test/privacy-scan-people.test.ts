// The same look into every place, after those had their turn who are no players: staff who sign in, a guardian with a link,
// seats of an agent. Names and addresses of staff are nowhere, their subject in one column, and no token or device anywhere.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLIENT_ID, CLIENT_SECRET, IdentityProvider } from './support/identity-provider.ts';
import { findLeaks, type Needle, phoneNeedles, textNeedles } from './support/leak-scanner.ts';
import { type BrowserAnswer, PersonBrowser } from './support/person-browser.ts';
import { CHILD, GAME_ID } from './support/request-samples.ts';
import { ADMIN_TOKEN, ManualClock, type Tenant, type TestGateway } from './support/test-gateway.ts';
import { WatchedGateway } from './support/watched-gateway.ts';

const PUBLIC_URL = 'http://127.0.0.1:1';
/** Ten in the morning in Vietnam. */
const WORLD_STANDS_AT = '2026-10-14T03:00:00.000Z';
const OFFICER = {
  id: 'subject-of-the-officer-5271',
  claims: { groups: ['ops'], name: 'Phạm Quốc Khánh', email: 'khanh.pham@so-thong-tin.example' },
} as const;
const STRANGER = {
  id: 'subject-of-a-stranger-9034',
  claims: { groups: ['sales'], name: 'Đỗ Mỹ Linh', email: 'linh.do@cong-ty.example' },
} as const;
const GUARDIAN = {
  relationship: 'parent',
  phone: '+84983516274',
  name: 'Nguyễn Thị Hoa',
  consentedAt: '2026-10-03T04:05:06.000Z',
  consentTextVersion: 'vi-1',
} as const;
const DEVICES = ['IMEI-356938035643809', 'idfa-6D92078A-8246', 'device of a check 4471'] as const;
const SUBJECTS = [OFFICER, STRANGER].flatMap(({ id }) => textNeedles('subject', id));
const PERSONAL: readonly Needle[] = [
  ...[OFFICER, STRANGER].flatMap(({ claims: { email, name } }) => [
    ...textNeedles('name of staff', name),
    ...textNeedles('e-mail of staff', email),
    ...textNeedles('e-mail of staff', email.split('@')[0]!),
  ]),
  ...phoneNeedles('phone of the guardian', GUARDIAN.phone),
  ...textNeedles('name of the guardian', GUARDIAN.name),
  ...DEVICES.flatMap((device) => textNeedles('device', device)),
];

let idp: IdentityProvider;
let folder: string;
let watched: WatchedGateway;
let gateway: TestGateway;
let tenant: Tenant;
let browser: PersonBrowser;
/** What staff are told of themselves. */
const ownWords: string[] = [];
const secrets: Needle[] = [];
const clock = new ManualClock(Date.now());

beforeAll(async () => {
  idp = await IdentityProvider.start({ callbackUrl: `${PUBLIC_URL}/v1/sign-in/callback` });
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-privacy-'));
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
  watched = await WatchedGateway.start({
    clock,
    env: { PLAYGATE_PUBLIC_URL: PUBLIC_URL, PLAYGATE_SIGN_IN_FILE: file },
  });
  gateway = watched.gateway;
  tenant = await gateway.createTenant();
  await gateway.call('freezeSandboxClock', { token: tenant.secretKey, body: { now: WORLD_STANDS_AT } });
  browser = watchedBrowser();
});
afterAll(async () => {
  await watched[Symbol.asyncDispose]();
  await idp[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function keepSecret(name: string, text: string): string {
  secrets.push(...textNeedles(name, text));
  return text;
}

function watchedBrowser(): PersonBrowser {
  const made = new PersonBrowser(gateway.baseUrl);
  const send = made.send.bind(made);
  made.send = async (method, url, headers, body): Promise<BrowserAnswer> => {
    const answer = await send(method, url, headers, body);
    const text = `${JSON.stringify([...answer.headers])} ${JSON.stringify(answer.body)}`;
    watched.wire.urls.push(url, answer.headers.get('location') ?? '');
    (url === '/v1/me' ? ownWords : watched.wire.answers).push(text);
    return answer;
  };
  return made;
}

async function workAsStaff(): Promise<void> {
  idp.account = STRANGER;
  expect((await browser.signIn(idp)).status).toBe(403);
  idp.account = OFFICER;
  expect((await browser.signIn(idp)).status).toBe(303);
  keepSecret('session cookie', browser.cookies.get('playgate')!);
  const { csrfToken } = (await browser.send('GET', '/v1/me')).body as { readonly csrfToken: string };
  keepSecret('CSRF token', csrfToken);
  const origin = { origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' };
  const headers = { ...origin, 'x-csrf-token': csrfToken, 'idempotency-key': 'once' };
  for (let times = 0; times < 2; times++) {
    expect((await browser.send('POST', '/v1/admin/providers', headers, { name: 'Studio' })).status).toBe(201);
  }
  expect((await browser.send('POST', '/v1/admin/providers', origin, { name: 'Forged' })).status).toBe(403);
}

async function workAsGuardian(): Promise<{ ageToken: string; playerId: string }> {
  const asProvider = { token: tenant.secretKey };
  const body = { ...CHILD, birthDate: '2013-01-01', device: { id: DEVICES[2] } } as const;
  const { playerId, verificationId } = (await gateway.call('createAgeVerification', { ...asProvider, body })).body;
  const params = { playerId };
  await gateway.call('registerGuardian', { ...asProvider, params, body: GUARDIAN });
  const byProvider = { gameLimitMs: 3_000_000, dayLimitMs: null, bedtimes: [], pause: null } as const;
  await gateway.call('setGuardianRules', { ...asProvider, params, body: byProvider });
  const { url } = (await gateway.call('createGuardianLink', { ...asProvider, params, body: {} })).body;
  const token = keepSecret('guardian token', new URL(url).hash.slice(1));
  await gateway.send('GET', new URL(url).pathname);
  const bedtimes = [{ days: ['sun'], from: '21:00', to: '21:05' }];
  const rules = { ...byProvider, bedtimes, ifVersion: 1 };
  const set = await gateway.send('PUT', `/v1/players/${playerId}/guardian-rules`, { token, body: rules });
  expect([200, 400]).toContain(set.status);
  await gateway.call('getGuardianRules', { token, params });
  await gateway.call('getPlaytime', { token, params });
  const verified = await gateway.call('getAgeVerification', { ...asProvider, params: { verificationId } });
  return { playerId, ageToken: keepSecret('age token', verified.body.ageToken!) };
}

async function playAtSeat(ageToken: string): Promise<void> {
  const agent = { name: 'Café Sao Mai', licenceNo: 'L-1', province: 'Huế' };
  const { key } = (await gateway.call('createAgent', { token: ADMIN_TOKEN, body: agent })).body;
  const { body: station } = await gateway.call('createStation', { token: key, body: { label: 'Seat 7' } });
  const stationToken = keepSecret('station token', station.stationToken);
  const game = { gameId: GAME_ID, title: 'Star Garden', class: 'G1', rating: '00+' } as const;
  await gateway.call('createGame', { token: tenant.secretKey, body: game });
  for (const id of DEVICES.slice(0, 2)) {
    const body = { ageToken, gameId: GAME_ID, stationToken, device: { id, platform: 'windows' } };
    const opened = (await gateway.call('openSession', { token: tenant.publishableKey, body })).body;
    if (opened.verdict !== 'play') throw new Error(`no session: ${JSON.stringify(opened)}`);
    const { sessionId, sessionToken } = opened;
    keepSecret('session token', sessionToken);
    await gateway.call('advanceSandboxClock', { token: tenant.secretKey, body: { ms: 30_000 } });
    const request = { token: sessionToken, params: { sessionId }, body: { seq: 1, state: 'active' } } as const;
    await gateway.call('recordHeartbeat', request);
  }
  // In the wrong places: refused, and repeated nowhere.
  const misplaced = { ageToken: stationToken, gameId: GAME_ID, stationToken: 'x', [DEVICES[0]]: stationToken };
  await gateway.send('POST', '/v1/sessions', { token: tenant.publishableKey, body: misplaced });
  await gateway.send('POST', '/v1/sessions', { token: stationToken, body: {} });
}

const withoutAnswers = ({ answers: _, ...places }: Record<string, string>) => places;

it('staff, guardians, devices and tokens are nowhere', async () => {
  await workAsStaff();
  const { ageToken } = await workAsGuardian();
  const during = { 'Redis before play': await watched.redis.keys('*').then((keys) => keys.join('\n')) };
  await playAtSeat(ageToken);
  const places = { ...(await watched.lookEverywhere(['sign_in_sessions.subject'])), ...during };
  for (const place of ['answers', 'urls', 'metrics', 'Redis', 'Redis file', 'SQL'])
    expect(places).toHaveProperty(place, expect.stringMatching(/./));
  expect(findLeaks([...PERSONAL, ...SUBJECTS], places)).toEqual([]);
  const keys = watched.wire.keys.flatMap((key) => textNeedles('API key', key));
  expect(keys.length).toBeGreaterThan(0);
  expect(findLeaks([...secrets, ...keys], withoutAnswers(places))).toEqual([]);
});

it('who signs in is told of themselves, and kept, by the subject alone', async () => {
  expect(findLeaks([...PERSONAL, ...SUBJECTS], { me: ownWords.join('\n') })).toEqual(['subject in me']);
  expect(findLeaks([...PERSONAL, ...SUBJECTS], await watched.lookEverywhere())).toEqual(['subject in SQL']);
  const { db } = watched.gateway.database;
  const rows = await db.selectFrom('sign_in_sessions').select('subject').execute();
  expect(rows).toEqual([{ subject: OFFICER.id }]);
});

it('the scan would have found them, in every type of Redis value and in any other column', async () => {
  const { redis } = watched;
  const plants: Readonly<Record<string, () => Promise<unknown>>> = {
    string: () => redis.set('planted', OFFICER.claims.email),
    key: () => redis.set(`planted:${OFFICER.claims.email}`, 'x'),
    hash: () => redis.hset('planted', 'a', OFFICER.claims.email),
    'field of a hash': () => redis.hset('planted', OFFICER.claims.email, '1'),
    list: () => redis.rpush('planted', 'x', OFFICER.claims.email),
    set: () => redis.sadd('planted', 'x', OFFICER.claims.email),
    'sorted set': () => redis.zadd('planted', 1, OFFICER.claims.email),
    stream: () => redis.xadd('planted', '*', 'a', OFFICER.claims.email),
  };
  for (const [type, plant] of Object.entries(plants)) {
    await plant();
    const { Redis, answers } = await watched.lookEverywhere();
    expect([type, findLeaks(PERSONAL, { Redis: Redis!, answers: answers! })]).toEqual([
      type,
      ['e-mail of staff in Redis'],
    ]);
    await redis.del('planted', `planted:${OFFICER.claims.email}`);
  }
  const { db } = watched.gateway.database;
  const row = { provider_id: 'planted', name: OFFICER.id, created_at: clock.now() };
  await db.insertInto('providers').values(row).execute();
  const { SQL } = await watched.lookEverywhere(['sign_in_sessions.subject']);
  expect(findLeaks(SUBJECTS, { SQL: SQL! })).toEqual(['subject in SQL']);
});
