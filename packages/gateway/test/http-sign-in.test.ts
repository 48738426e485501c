// People who sign in at a real OpenID provider on loopback: what they become, what they may do, and what a hostile page or
// a stolen URL can do to them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Problem } from '@playgate/contract';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SIGN_IN_PENDING_MS_MAX } from '../src/sign-in/sign-in.ts';
import { SIGN_IN_IDLE_MS_MAX, SIGN_IN_MS_MAX } from '../src/sign-in/sign-in-sessions.ts';
import type { SignInSettingsInFile } from '../src/sign-in/sign-in-settings.ts';
import { CLIENT_ID, CLIENT_SECRET, IdentityProvider } from './support/identity-provider.ts';
import { type BrowserAnswer, PersonBrowser } from './support/person-browser.ts';
import { ADMIN_TOKEN, ManualClock, TestGateway } from './support/test-gateway.ts';

const PUBLIC_URL = 'http://127.0.0.1:1';
const SESSION_COOKIE = 'playgate';
const PENDING_COOKIE = 'playgate-sign-in';
const SAME_SITE = { origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' };

interface Me {
  readonly csrfToken: string;
  readonly expiresAt: string;
}

let folder: string;
let idp: IdentityProvider;
let clock: ManualClock;
let gateway: TestGateway;
let browser: PersonBrowser;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-sign-in-'));
  idp = await IdentityProvider.start({ callbackUrl: `${PUBLIC_URL}/v1/sign-in/callback` });
  clock = new ManualClock(Date.now());
  const settings: SignInSettingsInFile = {
    identityProviders: [
      {
        id: 'staff',
        issuer: idp.issuer,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        scopes: ['openid', 'profile'],
        rules: [
          { claim: 'groups', includes: 'ops', role: 'operator' },
          { claim: 'groups', includes: 'studio', role: 'provider', subjectId: 'prv_studio', mode: 'test' },
          { claim: 'groups', includes: 'cafe', role: 'agent', subjectId: 'agt_cafe' },
          { claim: 'staff', equals: 'inspector', role: 'regulator', subjectId: 'reg_dept' },
          { claim: 'groups', includes: 'ghosts', role: 'provider', subjectId: 'prv_gone', mode: 'live' },
        ],
      },
    ],
  };
  const file = path.join(folder, 'sign-in.json');
  await writeFile(file, JSON.stringify(settings));
  const env = {
    PLAYGATE_LOG_LEVEL: 'silent',
    PLAYGATE_PUBLIC_URL: PUBLIC_URL,
    PLAYGATE_SIGN_IN_FILE: file,
    PLAYGATE_RATE_AGE_CHECKS_ADDRESS: '100000',
  };
  gateway = await TestGateway.start({ clock, env });
  await addSubjects();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await idp[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  clock.set(Date.now());
  idp.account = { id: 'anna', claims: { groups: ['ops'] } };
  browser = new PersonBrowser(gateway.baseUrl);
});
afterEach(() => {
  idp.mode = 'up';
  idp.override = () => false;
});

async function addSubjects(): Promise<void> {
  const { db } = gateway.database;
  const at = { created_at: clock.now() };
  await db
    .insertInto('providers')
    .values({ provider_id: 'prv_studio', name: 'Studio', ...at })
    .execute();
  const hours = { opens_at: '08:00', closes_at: '22:00' };
  await db
    .insertInto('agents')
    .values({ agent_id: 'agt_cafe', name: 'Café', licence_no: 'L-1', province: 'Huế', ...hours, ...at })
    .execute();
  await db
    .insertInto('regulators')
    .values({ regulator_id: 'reg_dept', name: 'Sở', scope: '{}', ...at })
    .execute();
}

const codeOf = ({ status, body }: BrowserAnswer) => [status, (body as Problem).code];
const me = () => browser.send('GET', '/v1/me');
const csrfToken = async () => ((await me()).body as Me).csrfToken;
const createProvider = (headers: Readonly<Record<string, string>>) =>
  browser.send('POST', '/v1/admin/providers', headers, { name: 'Studio' });
const countSessions = async () =>
  (await gateway.database.db.selectFrom('sign_in_sessions').select('sign_in_id').execute()).length;

describe('a person signs in', () => {
  it.each([
    ['operator', { groups: ['staff', 'ops'] }, null, '/v1/admin/providers'],
    ['provider', { groups: ['studio'] }, { subjectId: 'prv_studio', mode: 'test' }, '/v1/games'],
    ['agent', { groups: ['cafe'] }, { subjectId: 'agt_cafe', mode: null }, '/v1/stations'],
    ['regulator', { staff: 'inspector' }, { subjectId: 'reg_dept', mode: null }, null],
  ] as const)('as %s', async (role, claims, subject, own) => {
    idp.account = { id: `person-${role}`, claims };
    const back = await browser.signIn(idp, '/console?tab=1#top');
    expect([back.status, back.headers.get('location')]).toEqual([303, '/console?tab=1#top']);
    const answer = await me();
    expect(answer.body).toEqual({
      roles: [role],
      subject,
      person: { issuer: idp.issuer, subject: `person-${role}` },
      csrfToken: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      expiresAt: new Date(clock.now() + SIGN_IN_IDLE_MS_MAX).toISOString(),
    });
    const headers = { ...SAME_SITE, 'x-csrf-token': (answer.body as Me).csrfToken };
    for (const place of ['/v1/admin/providers', '/v1/games', '/v1/stations']) {
      // Let in, the empty body is complained of.
      const { status } = await browser.send('POST', place, headers, {});
      expect([place, status]).toEqual([place, place === own ? 400 : 403]);
    }
  });

  it('asks the identity provider with PKCE, state and nonce of 256 bits', async () => {
    const begun = await browser.send('GET', '/v1/sign-in?provider=staff');
    const asked = new URL(begun.headers.get('location')!).searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: `${PUBLIC_URL}/v1/sign-in/callback`,
      scope: 'openid profile',
    });
    expect(asked.get('state')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(asked.get('nonce')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(codeOf(await browser.send('GET', '/v1/sign-in?provider=other'))).toEqual([404, 'not_found']);
  });

  it('may do what the token of the operator may', async () => {
    await browser.signIn(idp);
    const answer = await createProvider({ ...SAME_SITE, 'x-csrf-token': await csrfToken() });
    expect(answer.status).toBe(201);
  });

  it('keeps two persons of one role apart in what they repeat', async () => {
    const create = async () =>
      createProvider({ ...SAME_SITE, 'x-csrf-token': await csrfToken(), 'idempotency-key': 'same' });
    await browser.signIn(idp);
    const first = await create();
    expect((await create()).headers.get('idempotent-replayed')).toBe('true');
    browser = new PersonBrowser(gateway.baseUrl);
    await browser.signIn(idp);
    const other = await create();
    expect(other.headers.get('idempotent-replayed')).toBeNull();
    expect(other.body).not.toEqual(first.body);
  });

  it('sets cookies for this host and this browser alone', async () => {
    const begun = await browser.send('GET', '/v1/sign-in');
    expect(begun.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^playgate-sign-in=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ]);
    const back = await browser.signIn(idp);
    expect(back.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^playgate=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
      'playgate-sign-in=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    ]);
    expect(back.headers.get('cache-control')).toBe('no-store');
  });

  it('keeps neither the id of a session nor the state where a thief of the database could use it', async () => {
    const back = await browser.comeBack(idp);
    await browser.send('GET', back);
    const rows = JSON.stringify(await gateway.database.db.selectFrom('sign_in_sessions').selectAll().execute());
    expect(rows).not.toContain(browser.cookies.get(SESSION_COOKIE));
    expect(rows).not.toContain(new URLSearchParams(back.split('?')[1]).get('state'));
  });
});

describe('nobody gets in', () => {
  afterEach(async () => {
    expect(browser.cookies.has(SESSION_COOKIE)).toBe(false);
    expect(codeOf(await me())).toEqual([401, 'unauthenticated']);
  });

  it.each([
    ['no claims', {}],
    ['other groups', { groups: ['sales'] }],
    ['a text that contains the group', { groups: 'ops' }],
    ['a group within a group', { groups: [['ops']] }],
    ['a longer value', { staff: 'inspector general' }],
    ['a list where a value is asked', { staff: ['inspector'] }],
    ['a role for a provider that does not exist', { groups: ['ghosts'] }],
  ])('without a role: %s', async (_, claims) => {
    idp.account = { id: 'eve', claims };
    expect(codeOf(await browser.signIn(idp))).toEqual([403, 'forbidden']);
  });

  it('with the state of another sign-in', async () => {
    const other = new PersonBrowser(gateway.baseUrl);
    const stolen = await other.comeBack(idp);
    await browser.comeBack(idp);
    expect(codeOf(await browser.send('GET', stolen))).toEqual([422, 'unprocessable']);
    const changed = stolen.replace(/state=[^&]+/, `state=${'A'.repeat(43)}`);
    expect(codeOf(await other.send('GET', changed))).toEqual([422, 'unprocessable']);
  });

  it('in a browser that did not begin, which is how a victim would be signed in as the attacker', async () => {
    const attacker = new PersonBrowser(gateway.baseUrl);
    expect(codeOf(await browser.send('GET', await attacker.comeBack(idp)))).toEqual([422, 'unprocessable']);
  });

  it('with an ID token for another nonce', async () => {
    const back = await browser.comeBack(idp, '/', (url) => url.searchParams.set('nonce', 'another'));
    expect(codeOf(await browser.send('GET', back))).toEqual([422, 'unprocessable']);
  });

  it('with an ID token that a stranger signed', async () => {
    let nonce = '';
    const back = await browser.comeBack(idp, '/', (url) => {
      nonce = url.searchParams.get('nonce')!;
    });
    const { privateKey } = await generateKeyPair('RS256');
    const idToken = await new SignJWT({ nonce, groups: ['ops'] })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(idp.issuer)
      .setAudience(CLIENT_ID)
      .setSubject('eve')
      .setIssuedAt()
      .setExpirationTime('5 min')
      .sign(privateKey);
    idp.override = ({ url }, response) => {
      if (url !== '/token') return false;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'x', token_type: 'Bearer', id_token: idToken }));
      return true;
    };
    expect(codeOf(await browser.send('GET', back))).toEqual([422, 'unprocessable']);
  });

  it('with the code of another sign-in', async () => {
    const other = await new PersonBrowser(gateway.baseUrl).comeBack(idp);
    const code = new URLSearchParams(other.split('?')[1]).get('code');
    const back = (await browser.comeBack(idp)).replace(/code=[^&]+/, `code=${code}`);
    expect(codeOf(await browser.send('GET', back))).toEqual([422, 'unprocessable']);
  });

  it('after the identity provider or the person said no', async () => {
    idp.mode = 'refuse';
    expect(codeOf(await browser.signIn(idp))).toEqual([422, 'unprocessable']);
  });

  it('while the identity provider is away', async () => {
    const back = await browser.comeBack(idp);
    idp.mode = 'down';
    const answer = await browser.send('GET', back);
    expect(codeOf(answer)).toEqual([503, 'identity_source_unavailable']);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('with a beginning that is too old, cut or made up', async () => {
    const back = await browser.comeBack(idp);
    clock.advance(SIGN_IN_PENDING_MS_MAX);
    expect(codeOf(await browser.send('GET', back))).toEqual([422, 'unprocessable']);
    clock.set(Date.now());
    const sealed = browser.cookies.get(PENDING_COOKIE)!;
    for (const forged of [sealed.slice(0, -4), `${sealed}AAAA`, 'AAAA', `AQ${sealed.slice(2, -1)}-`]) {
      browser.cookies.set(PENDING_COOKIE, forged);
      expect(codeOf(await browser.send('GET', back))).toEqual([422, 'unprocessable']);
    }
  });

  it('with a callback that is none', async () => {
    for (const query of ['', '?code=x', '?state=', `?state=${'x'.repeat(129)}`, '?state=x&state=y']) {
      expect(codeOf(await browser.send('GET', `/v1/sign-in/callback${query}`))).toEqual([400, 'invalid_request']);
    }
  });

  it('with cookies that are no session', async () => {
    for (const value of ['x', 'A'.repeat(43), `${'A'.repeat(43)}; playgate=${'B'.repeat(43)}`]) {
      expect(codeOf(await browser.send('GET', '/v1/me', { cookie: `playgate=${value}` }))).toEqual([
        401,
        'unauthenticated',
      ]);
    }
  });
});

describe('a callback that comes again', () => {
  it('makes no second session, also when the browser kept its cookie', async () => {
    const back = await browser.comeBack(idp);
    const kept = browser.cookies.get(PENDING_COOKIE)!;
    expect((await browser.send('GET', back)).status).toBe(303);
    const count = await countSessions();
    expect(codeOf(await browser.send('GET', back))).toEqual([422, 'unprocessable']);
    browser.cookies.set(PENDING_COOKIE, kept);
    expect(codeOf(await browser.send('GET', back))).toEqual([422, 'unprocessable']);
    expect(await countSessions()).toBe(count);
  });

  it('makes one session when it comes twice at once', async () => {
    const back = await browser.comeBack(idp);
    const count = await countSessions();
    const statuses = (await Promise.all([browser.send('GET', back), browser.send('GET', back)])).map(
      (each) => each.status,
    );
    expect(statuses.filter((status) => status === 303).length).toBeLessThanOrEqual(1);
    expect(await countSessions()).toBeLessThanOrEqual(count + 1);
  });
});

describe('returnTo', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/..//evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    'javascript:alert(1)',
    'console',
    '',
    ' /console',
    '/console\r\nSet-Cookie: a=b',
    '/café',
    `/${'x'.repeat(512)}`,
  ])('is refused: %j', async (returnTo) => {
    const answer = await browser.send('GET', `/v1/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
    expect(codeOf(answer)).toEqual([400, 'invalid_request']);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it.each(['/', '/console', '/a/b?c=d&e=%2F%2Fevil.example#f', '/@evil.example', '/a//b'])(
    'is taken: %s',
    async (returnTo) => {
      const back = await browser.signIn(idp, returnTo);
      expect(back.headers.get('location')).toBe(returnTo);
      expect(new URL(back.headers.get('location')!, PUBLIC_URL).origin).toBe(PUBLIC_URL);
    },
  );
});

describe('a session', () => {
  it('has a new id at each sign-in, and the one before ends', async () => {
    await browser.signIn(idp);
    const before = browser.cookies.get(SESSION_COOKIE)!;
    await browser.signIn(idp);
    expect(browser.cookies.get(SESSION_COOKIE)).not.toBe(before);
    expect((await me()).status).toBe(200);
    browser.cookies.set(SESSION_COOKIE, before);
    expect(codeOf(await me())).toEqual([401, 'unauthenticated']);
  });

  it('is never one that was planted', async () => {
    const planted = 'A'.repeat(43);
    browser.cookies.set(SESSION_COOKIE, planted);
    await browser.signIn(idp);
    expect(browser.cookies.get(SESSION_COOKIE)).not.toBe(planted);
    browser.cookies.set(SESSION_COOKIE, planted);
    expect((await me()).status).toBe(401);
  });

  it('ends when nobody used it for an hour', async () => {
    await browser.signIn(idp);
    clock.advance(SIGN_IN_IDLE_MS_MAX - 1);
    expect((await me()).status).toBe(200);
    clock.advance(SIGN_IN_IDLE_MS_MAX - 1);
    expect((await me()).status).toBe(200);
    clock.advance(SIGN_IN_IDLE_MS_MAX);
    expect(codeOf(await me())).toEqual([401, 'unauthenticated']);
  });

  it('ends after half a day, however much it is used', async () => {
    await browser.signIn(idp);
    const endsAt = clock.now() + SIGN_IN_MS_MAX;
    while (clock.now() + SIGN_IN_IDLE_MS_MAX / 2 < endsAt) {
      clock.advance(SIGN_IN_IDLE_MS_MAX / 2);
      expect((await me()).status).toBe(200);
    }
    expect(((await me()).body as Me).expiresAt).toBe(new Date(endsAt).toISOString());
    clock.set(endsAt - 1);
    expect((await me()).status).toBe(200);
    clock.set(endsAt);
    expect(codeOf(await me())).toEqual([401, 'unauthenticated']);
  });

  it('ends when its person signs out', async () => {
    await browser.signIn(idp);
    const kept = browser.cookies.get(SESSION_COOKIE)!;
    const headers = { ...SAME_SITE, 'x-csrf-token': await csrfToken() };
    const out = await browser.send('POST', '/v1/sign-out', headers);
    expect([out.status, out.headers.getSetCookie()]).toEqual([
      204,
      ['playgate=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0'],
    ]);
    browser.cookies.set(SESSION_COOKIE, kept);
    expect(codeOf(await me())).toEqual([401, 'unauthenticated']);
    expect(codeOf(await browser.send('POST', '/v1/sign-out', headers))).toEqual([401, 'unauthenticated']);
  });

  it('does not speak where a key does', async () => {
    await browser.signIn(idp);
    const authorization = `Bearer ${ADMIN_TOKEN}`;
    const answer = await browser.send('GET', '/v1/me', { authorization });
    expect(answer.body).toMatchObject({ roles: ['operator'], person: null, csrfToken: null, expiresAt: null });
    expect((await createProvider({ authorization })).status).toBe(201);
    // Nor does a key end it.
    expect((await browser.send('POST', '/v1/sign-out', { authorization })).status).toBe(204);
    expect((await me()).status).toBe(200);
    expect((await browser.send('GET', '/v1/me', { authorization: 'Bearer nonsense' })).status).toBe(401);
  });
});

describe('a request that changes something', () => {
  it('needs the token of the session', async () => {
    const stranger = new PersonBrowser(gateway.baseUrl);
    await stranger.signIn(idp);
    const foreign = ((await stranger.send('GET', '/v1/me')).body as Me).csrfToken;
    await browser.signIn(idp);
    const own = await csrfToken();
    const wrong = ['', 'x', own.slice(1), `${own}A`, own.toUpperCase(), foreign];
    for (const headers of [{}, ...wrong.map((token) => ({ 'x-csrf-token': token }))]) {
      expect(codeOf(await createProvider({ ...SAME_SITE, ...headers }))).toEqual([403, 'forbidden']);
    }
    await browser.signIn(idp);
    expect(codeOf(await createProvider({ ...SAME_SITE, 'x-csrf-token': own }))).toEqual([403, 'forbidden']);
  });

  it.each([
    ['no word of where', {}],
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site, as an old browser says it', { origin: 'https://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:2', 'sec-fetch-site': 'same-site' }],
    ['the other scheme', { origin: 'https://127.0.0.1:1' }],
    ['a sister domain', { 'sec-fetch-site': 'same-site' }],
    ['nowhere', { 'sec-fetch-site': 'none' }],
    ['two stories', { origin: PUBLIC_URL, 'sec-fetch-site': 'cross-site' }],
    ['two stories, turned round', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
  ])('is refused from %s', async (_, headers) => {
    await browser.signIn(idp);
    const token = { 'x-csrf-token': await csrfToken() };
    expect(codeOf(await createProvider({ ...token, ...headers }))).toEqual([403, 'forbidden']);
    expect((await createProvider({ ...token, ...SAME_SITE })).status).toBe(201);
  });

  it.each([[{ origin: PUBLIC_URL }], [{ 'sec-fetch-site': 'same-origin' }]])('is taken with %j', async (headers) => {
    await browser.signIn(idp);
    expect((await createProvider({ 'x-csrf-token': await csrfToken(), ...headers })).status).toBe(201);
  });

  it('is not asked of a key', async () => {
    const authorization = `Bearer ${ADMIN_TOKEN}`;
    expect((await createProvider({ authorization, origin: 'https://elsewhere.example' })).status).toBe(201);
  });
});

describe('without sign-in', () => {
  it('answers 404, and a cookie means nothing', async () => {
    await using off = await TestGateway.start({
      env: { PLAYGATE_LOG_LEVEL: 'silent', PLAYGATE_PUBLIC_URL: PUBLIC_URL },
    });
    const token = ADMIN_TOKEN;
    const answers = [
      await off.send('GET', '/v1/sign-in'),
      await off.send('GET', '/v1/sign-in/callback?state=x&code=y'),
      await off.send('POST', '/v1/sign-out', { token }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    const headers = { cookie: `${SESSION_COOKIE}=${'A'.repeat(43)}` };
    expect((await off.send('GET', '/v1/me', { headers })).status).toBe(401);
    expect((await off.send('GET', '/v1/me', { token })).status).toBe(200);
  });
});
