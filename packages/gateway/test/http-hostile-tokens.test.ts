// Every kind of token that means harm, by name, sent over HTTP where a token goes: age tokens in the body of a start, session
// and guardian tokens in the Authorization header. Each is refused with a problem document; a control shows that the same
// helper can make a good one. The cases follow RFC 8725 and what libraries have fallen for.
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { connect } from 'node:net';
import { PROBLEM_MEDIA_TYPE, problem } from '@playgate/contract';
import { importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIRM_MS_MAX } from '../src/directory/change-bus.ts';
import { deriveKey } from '../src/store/sql/secrets.ts';
import { SqlSigningKeys } from '../src/store/sql/sql-signing-keys.ts';
import { SIGNING_KEYS_REREAD_MS } from '../src/tokens/signing-key.ts';
import { decodeToken, signHmac, signStranger, unsigned } from './support/hostile-tokens.ts';
import { CHILD, createWorld, GAME_ID, type World } from './support/request-samples.ts';
import { testSecrets } from './support/secrets.ts';
import { TestGateway } from './support/test-gateway.ts';

/** A kind of token: a good one of ours, and whatever its forgers would like to have. */
interface Target {
  readonly token: string;
  /** Tokens of ours that are good, but for something else. */
  readonly misplaced: Readonly<Record<string, string>>;
  /** Signs with the real key, so that only the named difference can be what is refused. */
  readonly sign: (header: object, payload: object) => Promise<string>;
  readonly alg: string;
  /** What an attacker may know of the key: the public one of a pair, nothing of a shared one. */
  readonly publicKey: string | Uint8Array;
}

type Hostile = (target: Target) => string | Promise<string>;

const partsOf = (token: string) => token.split('.') as [string, string, string];
const encode = (text: string) => Buffer.from(text).toString('base64url');

const withHeader = (change: object): Hostile => {
  return ({ token }) => {
    const parts = decodeToken(token);
    return `${unsigned({ ...parts, header: { ...parts.header, ...change } })}.${parts.signature}`;
  };
};
const withPayload = (change: object): Hostile => {
  return ({ token }) => {
    const parts = decodeToken(token);
    return `${unsigned({ ...parts, payload: { ...parts.payload, ...change } })}.${parts.signature}`;
  };
};
const signedBy =
  (header: object, payload: object): Hostile =>
  ({ sign }) =>
    sign(header, payload);
const byStranger = (change: object): Hostile => {
  return ({ token }) => {
    const { header, payload } = decodeToken(token);
    return signStranger({ header: { ...header, alg: 'EdDSA', ...change }, payload });
  };
};

const HOSTILE: Readonly<Record<string, Hostile>> = {
  // Algorithms
  'alg none, no signature': ({ token }) => {
    const { header, payload } = decodeToken(token);
    return `${unsigned({ header: { ...header, alg: 'none' }, payload })}.`;
  },
  'alg none, signature kept': withHeader({ alg: 'none' }),
  'alg nOnE, signature kept': withHeader({ alg: 'nOnE' }),
  'alg of the other kind of key': ({ token, alg }) =>
    withHeader({ alg: alg === 'EdDSA' ? 'HS256' : 'EdDSA' })({ token } as Target),
  'HS256 keyed with what is public': ({ token, publicKey }) => {
    const { header, payload } = decodeToken(token);
    return signHmac({ header: { ...header, alg: 'HS256' }, payload }, publicKey);
  },
  'HS256 keyed with nothing': ({ token }) => {
    const { header, payload } = decodeToken(token);
    return signHmac({ header: { ...header, alg: 'HS256' }, payload }, '');
  },
  'HS256 keyed with a guess': ({ token }) => {
    const { header, payload } = decodeToken(token);
    return signHmac({ header: { ...header, alg: 'HS256' }, payload }, 'secret');
  },
  'alg missing': withHeader({ alg: undefined }),
  'alg no text': withHeader({ alg: ['EdDSA', 'HS256'] }),
  // Keys the header offers
  'jwk in the header': byStranger({ jwk: {} }),
  'jwk in the header, no kid': byStranger({ jwk: {}, kid: undefined }),
  'jku in the header': byStranger({ jku: 'http://127.0.0.1:1/jwks.json', kid: 'theirs' }),
  'x5u in the header': byStranger({ x5u: 'http://127.0.0.1:1/chain.pem', kid: 'theirs' }),
  'x5c in the header': byStranger({ x5c: ['MIIB'] }),
  "a stranger's key under our kid": byStranger({}),
  'kid unknown': byStranger({ kid: 'unknown' }),
  'kid missing': byStranger({ kid: undefined }),
  'kid that is a path': withHeader({ kid: '../../../../dev/null' }),
  'kid that is SQL': withHeader({ kid: "' or 1=1 --" }),
  'kid __proto__': byStranger({ kid: '__proto__' }),
  // Headers, with the real key
  'crit of an unknown extension': signedBy({ crit: ['future'], future: 1 }, {}),
  'b64 false': withHeader({ b64: false, crit: ['b64'] }),
  'typ JWT': signedBy({ typ: 'JWT' }, {}),
  'typ missing': signedBy({ typ: undefined }, {}),
  'a receipt, signed with the key of the token': signedBy({ typ: 'receipt+jwt' }, {}),
  // Claims, with the real key
  'iss of another gateway': signedBy({}, { iss: 'https://evil.example' }),
  'iss missing': signedBy({}, { iss: undefined }),
  'iss as a list': signedBy({}, { iss: ['https://playgate.test'] }),
  'aud of something else': signedBy({}, { aud: 'https://elsewhere.example' }),
  'aud missing': signedBy({}, { aud: undefined }),
  expired: signedBy({}, { exp: 1 }),
  'exp missing': signedBy({}, { exp: undefined }),
  'exp as text': signedBy({}, { exp: '9999999999' }),
  'not valid before 2099': signedBy({}, { nbf: 4_070_908_800 }),
  'sub as a number': signedBy({}, { sub: 7 }),
  'sub as an object': signedBy({}, { sub: { $ne: null } }),
  'sub missing': signedBy({}, { sub: undefined }),
  'mode unknown': signedBy({}, { mode: 'both' }),
  'mode missing': signedBy({}, { mode: undefined }),
  // Claims, changed after signing
  'sub of another player': withPayload({ sub: 'ply_0123456789abcdef' }),
  'exp moved on': withPayload({ exp: 9_999_999_999 }),
  'a claim twice': ({ token }) => {
    const [header, payload, signature] = partsOf(token);
    const text = Buffer.from(payload, 'base64url').toString();
    return `${header}.${encode(`{"sub":"ply_0123456789abcdef",${text.slice(1)}`)}.${signature}`;
  },
  '__proto__ as a claim': ({ token }) => {
    const [header, payload, signature] = partsOf(token);
    const text = Buffer.from(payload, 'base64url').toString();
    return `${header}.${encode(`{"__proto__":{"mode":"live"},${text.slice(1)}`)}.${signature}`;
  },
  // Form
  'an empty text': () => '',
  'no token': () => 'hello',
  'dots only': () => '..',
  'header only': ({ token }) => `${partsOf(token)[0]}..`,
  'signature empty': ({ token }) => `${partsOf(token).slice(0, 2).join('.')}.`,
  'signature missing': ({ token }) => partsOf(token).slice(0, 2).join('.'),
  'signature cut': ({ token }) => token.slice(0, -4),
  'signature appended to': ({ token }) => `${token}AAAA`,
  'signature of zeros': ({ token }) => `${token.slice(0, token.lastIndexOf('.') + 1)}${'A'.repeat(43)}`,
  'five parts (JWE)': ({ token }) => `${token}.${partsOf(token)[1]}.${partsOf(token)[2]}`,
  'two tokens in one': ({ token }) => `${token},${token}`,
  'JSON serialisation': ({ token }) => {
    const [header, payload, signature] = partsOf(token);
    return JSON.stringify({ protected: header, payload, signature });
  },
  'header not JSON': ({ token }) => `AAAA.${partsOf(token).slice(1).join('.')}`,
  'payload not JSON': ({ token }) => `${partsOf(token)[0]}.AAAA.${partsOf(token)[2]}`,
  'base64 with padding': ({ token }) =>
    partsOf(token)
      .map((part) => `${part}=`)
      .join('.'),
  'base64 of the other alphabet': ({ token }) => token.replace(/[-_A]/g, '+'),
  'deeply nested header': ({ token }) =>
    `${encode(`${'['.repeat(800)}${']'.repeat(800)}`)}.${partsOf(token).slice(1).join('.')}`,
  'very long': ({ token }) => `${partsOf(token)[0]}.${'A'.repeat(9_000)}.${partsOf(token)[2]}`,
  'longer than any header': ({ token }) => `${partsOf(token)[0]}.${'A'.repeat(200_000)}.${partsOf(token)[2]}`,
  'very many dots': () => '.'.repeat(8_000),
  unicode: ({ token }) => token.replace('.', '．'),
  'a zero byte': ({ token }) => `${token}\u0000`,
  'a line end': ({ token }) => `${token}\n`,
  'spaces around': ({ token }) => `${token} ${token}`,
  'an invisible character': ({ token }) => `${token}\u200b`,
};

let gateway: TestGateway;
let world: World;
let targets: Readonly<Record<'age' | 'session' | 'guardian', Target>>;

beforeAll(async () => {
  gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
  world = await createWorld(gateway);
  const neighbour = await createWorld(gateway);
  const twin = await createWorld(gateway, await gateway.createTenant('live', world.tenant.providerId));
  const { tenant, credentials, ageToken } = world;
  const keys = { 'a secret key': tenant.secretKey, 'a publishable key': tenant.publishableKey };
  targets = {
    age: await ageTarget({
      ...keys,
      "another provider's": neighbour.ageToken,
      "another mode's": twin.ageToken,
      'a session token': credentials.session,
      'a guardian token': credentials.guardian,
    }),
    session: sharedTarget('session-token', credentials.session, {
      'an age token': ageToken,
      "another session's": neighbour.credentials.session,
      "another mode's": twin.credentials.session,
    }),
    guardian: sharedTarget('guardian-token', credentials.guardian, {
      'an age token': ageToken,
      "another child's": neighbour.credentials.guardian,
      "another mode's": twin.credentials.guardian,
    }),
  };
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function ageTarget(misplaced: Target['misplaced']): Promise<Target> {
  const token = world.ageToken;
  const { header, payload } = decodeToken(token);
  const known = await new SqlSigningKeys(gateway.database.db, testSecrets()).list(Date.now());
  const key = known.find(({ keyId }) => keyId === header.kid)!;
  const privateKey = await importJWK(key.privateJwk, 'EdDSA');
  const sign = (change: object, claims: object) =>
    new SignJWT({ ...payload, ...claims })
      .setProtectedHeader({ ...header, alg: 'EdDSA', ...change })
      .sign(privateKey, { crit: { future: true } });
  const publicKey = createPublicKey({ key: key.publicJwk as JsonWebKey, format: 'jwk' });
  return { token, misplaced, sign, alg: 'EdDSA', publicKey: publicKey.export({ format: 'pem', type: 'spki' }) };
}

function sharedTarget(
  purpose: 'session-token' | 'guardian-token',
  token: string,
  misplaced: Target['misplaced'],
): Target {
  const { header, payload } = decodeToken(token);
  const key = deriveKey(testSecrets().masterKeys[0]!.key, purpose);
  const sign = async (change: object, claims: object) => {
    const input = unsigned({ header: { ...header, ...change }, payload: { ...payload, ...claims } });
    return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
  };
  return { token, misplaced, sign, alg: 'HS256', publicKey: header.kid as string };
}

interface Told {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: unknown;
}

/** Bytes as they are: clients refuse to send much of the above. */
function sendRaw(method: string, path: string, authorization: string, body: string): Promise<Told> {
  const { hostname, port } = new URL(gateway.baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    // What was not read of a request that is too long ends as a reset.
    socket.on('error', (error) => (answer === '' ? reject(error) : undefined));
    socket.on('close', () => resolve(parse(answer)));
    const head = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${hostname}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `Authorization: Bearer ${authorization}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}

function parse(answer: string): Told {
  const [head = '', text = ''] = answer.split('\r\n\r\n');
  const type = /^content-type: (.*)$/im.exec(head)?.[1]?.trim();
  return { status: Number(head.split(' ')[1]), type, body: JSON.parse(text) };
}

const SEND = {
  age: (token: string) => {
    const body = JSON.stringify({ ageToken: token, gameId: GAME_ID });
    return sendRaw('POST', '/v1/sessions', world.tenant.publishableKey, body);
  },
  session: (token: string) => {
    const path = `/v1/sessions/${world.ids.sessionId}/heartbeats`;
    return sendRaw('POST', path, token, '{"seq":1,"state":"active"}');
  },
  guardian: (token: string) => sendRaw('GET', `/v1/players/${world.ids.playerId}/guardian-rules`, token, ''),
} as const;

function expectRefused(told: Told, statuses: readonly number[]): void {
  expect(statuses, JSON.stringify(told.body)).toContain(told.status);
  expect(told.type).toBe(PROBLEM_MEDIA_TYPE);
  expect(problem.safeParse(told.body).error).toBeUndefined();
}

it('are more than the 25 that are asked for', () => {
  expect(Object.keys(HOSTILE).length).toBeGreaterThanOrEqual(60);
});

describe.each(['age', 'session', 'guardian'] as const)('%s tokens', (kind) => {
  it('are taken when they are ours, and when the helper signs them unchanged', async () => {
    const { sign, token } = targets[kind];
    expect((await SEND[kind](token)).status).toBeLessThan(300);
    expect((await SEND[kind](await sign({}, {}))).status).toBeLessThan(300);
  });

  it.each(Object.entries(HOSTILE))('%s', async (_, make) => {
    // 400: what is no token at all does not fit the schema or HTTP.
    expectRefused(await SEND[kind](await make(targets[kind])), [400, 401]);
    expect((await SEND[kind](targets[kind].token)).status, 'the good one, afterwards').toBeLessThan(300);
  });

  it('of another use or world are no tokens here', async () => {
    for (const [name, token] of Object.entries(targets[kind].misplaced)) {
      const told = await SEND[kind](token);
      // A token of another session or child is one, but not for this path.
      const statuses = name.startsWith('another') && kind !== 'age' ? [404] : [401];
      expectRefused(told, statuses);
    }
  });

  it('are refused as soon as they have expired in their world', async () => {
    const token = world.tenant.secretKey;
    await gateway.call('advanceSandboxClock', { token, body: { ms: 100 * 86_400_000 } });
    expectRefused(await SEND[kind](targets[kind].token), [401]);
    await gateway.call('advanceSandboxClock', { token, body: { ms: 0 } });
    await gateway.call('freezeSandboxClock', { token, body: { now: '2026-10-14T03:00:00.000Z' } });
  });
});

it('hold a start to its own provider, mode and game', async () => {
  for (const aud of ['prv_other', [world.tenant.providerId, 'prv_other'], undefined, '', {}]) {
    expectRefused(await SEND.age(await targets.age.sign({}, { aud })), [401]);
  }
  for (const age_band of ['adults', '', 17, null, ['adult']]) {
    expectRefused(await SEND.age(await targets.age.sign({}, { age_band })), [401]);
  }
});

it('refuse an age token once its key is withdrawn, and take one of the key that came instead', async () => {
  const { header } = decodeToken(targets.age.token);
  const keys = new SqlSigningKeys(gateway.database.db, testSecrets());
  const signerId = await keys.withdraw(String(header.kid), Date.now());
  const timeout = SIGNING_KEYS_REREAD_MS + CONFIRM_MS_MAX;
  await expect.poll(async () => (await SEND.age(targets.age.token)).status, { timeout }).toBe(401);
  expectRefused(await SEND.age(await targets.age.sign({}, {})), [401]);
  expectRefused(await SEND.age(await targets.age.sign({ kid: signerId }, {})), [401]);
  const token = world.tenant.secretKey;
  const { ageToken } = (await gateway.call('createAgeVerification', { token, body: CHILD })).body;
  expect(decodeToken(ageToken!).header.kid).toBe(signerId);
  expect((await SEND.age(ageToken!)).status).toBeLessThan(300);
});
