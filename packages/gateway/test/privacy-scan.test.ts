// A full run of a gateway on a real Redis, and then a look into every place it left traces in. Nothing of a person may be
// anywhere but in the answer of the export, and after an erasure not there either.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { countSealed } from '../src/store/sql/reseal.ts';
import { SqlIdempotencyStore } from '../src/store/sql/sql-idempotency-store.ts';
import { dumpRedis, readAppendOnlyFile } from './support/dump-redis.ts';
import { CLIENT_ID, CLIENT_SECRET, IdentityProvider } from './support/identity-provider.ts';
import { dateNeedles, findLeaks, type Needle, phoneNeedles, textNeedles } from './support/leak-scanner.ts';
import { testSecrets } from './support/secrets.ts';
import { ADMIN_TOKEN, ManualClock, type Tenant, type TestGateway } from './support/test-gateway.ts';
import { CREDENTIAL_TYPE, createKeyPair, ISSUER, issueCredential, presentCredential } from './support/wallet.ts';
import { WatchedGateway } from './support/watched-gateway.ts';

const NOW = Date.UTC(2026, 9, 14, 3);
const DAY_MS = 86_400_000;
const PUBLIC_URL = 'http://127.0.0.1';
const CALLBACK_PATH = '/v1/oidc/callback';
const RETURN_URL = 'https://game.test/back';
const GAME_ID = 'star-garden';

const CHILD = {
  playerRef: 'lan.nguyen@truong-hoc.example',
  method: 'attested',
  birthDate: '2012-09-27',
  phone: '+84917364528',
  phoneVerified: true,
  nationalId: '079212094417',
  guardian: {
    relationship: 'parent',
    phone: '+84983516274',
    name: 'Nguyễn Thị Hoa',
    consentedAt: '2026-09-03T04:05:06.000Z',
    childRef: 'second-daughter-of-hoa',
  },
} as const;
const YOUTH = { ...CHILD, playerRef: 'minh-86-xyz', birthDate: '2009-03-19', phone: '+84935271846' } as const;
const OIDC = { ref: 'oidc-account-7f', birthDate: '2008-04-23', phone: '+84966135792', nationalId: '001208553311' };
const WALLET = { ref: 'wallet-account-3c', birthDate: '2010-12-24' };
const OTHER_GUARDIAN = { phone: '+84971538264', name: 'Trần Văn Bảo' };

const PERSONAL: readonly Needle[] = [
  ...dateNeedles('birth date of the child', CHILD.birthDate),
  ...dateNeedles('birth date of the youth', YOUTH.birthDate),
  ...dateNeedles('birth date from OpenID', OIDC.birthDate),
  ...dateNeedles('birth date from a wallet', WALLET.birthDate),
  ...phoneNeedles('phone of the child', CHILD.phone),
  ...phoneNeedles('phone of the youth', YOUTH.phone),
  ...phoneNeedles('phone from OpenID', OIDC.phone),
  ...phoneNeedles('phone of the guardian', CHILD.guardian.phone),
  ...phoneNeedles('phone of the other guardian', OTHER_GUARDIAN.phone),
  ...textNeedles('name of the guardian', CHILD.guardian.name),
  ...textNeedles('name of the other guardian', OTHER_GUARDIAN.name),
  ...textNeedles('name for the child at its guardian', CHILD.guardian.childRef),
  ...textNeedles('national id', CHILD.nationalId),
  ...textNeedles('national id from OpenID', OIDC.nationalId),
  ...[CHILD.playerRef, YOUTH.playerRef, OIDC.ref, WALLET.ref].flatMap((ref) => textNeedles('playerRef', ref)),
];

let watched: WatchedGateway;
let identityProvider: IdentityProvider;
let folder: string;
let gateway: TestGateway;
let tenant: Tenant;
const clock = new ManualClock(NOW);
const issuer = await createKeyPair();
const holder = await createKeyPair();

beforeAll(async () => {
  identityProvider = await IdentityProvider.start({ callbackUrl: PUBLIC_URL + CALLBACK_PATH });
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-privacy-'));
  watched = await WatchedGateway.start({ clock, env: await writeSources() });
  gateway = watched.gateway;
  tenant = await gateway.createTenant('test');
});
afterAll(async () => {
  await watched[Symbol.asyncDispose]();
  await identityProvider[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function writeSources() {
  const wallets = path.join(folder, 'wallets.json');
  const entry = { issuer: ISSUER, jwksFile: 'keys.json', vct: [CREDENTIAL_TYPE], assurance: 'wallet' };
  await writeFile(wallets, JSON.stringify({ issuers: [entry] }));
  await writeFile(path.join(folder, 'keys.json'), JSON.stringify({ keys: [issuer.publicJwk] }));
  const oidc = path.join(folder, 'oidc.json');
  const provider = {
    issuer: identityProvider.issuer,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scopes: ['openid', 'profile', 'phone'],
    claims: { nationalId: 'national_id', phone: 'phone_number', phoneVerified: 'phone_number_verified' },
    assurance: 'document',
    returnUrls: [RETURN_URL],
  };
  await writeFile(oidc, JSON.stringify({ issuers: [provider] }));
  return {
    PLAYGATE_WALLET_ISSUERS_FILE: wallets,
    PLAYGATE_OIDC_FILE: oidc,
    PLAYGATE_PUBLIC_URL: PUBLIC_URL,
  };
}

const asProvider = () => ({ token: tenant.secretKey });

async function verifyByAttestation() {
  const body = { ...asProvider(), headers: { 'idempotency-key': CHILD.playerRef }, body: CHILD };
  const child = (await gateway.call('createAgeVerification', body)).body;
  await gateway.call('createAgeVerification', body);
  const youth = (await gateway.call('createAgeVerification', { ...asProvider(), body: YOUTH })).body;
  return { child, youth };
}

async function verifyByOpenId() {
  const { birthDate, nationalId, phone, ref } = OIDC;
  const claims = { birthdate: birthDate, national_id: nationalId, phone_number: phone, phone_number_verified: true };
  identityProvider.account = { id: ref, claims };
  const request = { playerRef: ref, method: 'oidc', issuer: identityProvider.issuer, returnUrl: RETURN_URL };
  const begun = await gateway.send('POST', '/v1/age-verifications', { ...asProvider(), body: request });
  expect(begun.status, watched.log.at(-1)).toBe(201);
  const { redirectUrl, verificationId } = begun.body as { redirectUrl: string; verificationId: string };
  watched.wire.urls.push(redirectUrl);
  const callback = await identityProvider.signIn(redirectUrl);
  const response = await fetch(gateway.baseUrl + callback.pathname + callback.search, { redirect: 'manual' });
  watched.wire.urls.push(callback.href, response.headers.get('location') ?? '');
  watched.wire.answers.push(await response.text());
  return (await gateway.call('getAgeVerification', { ...asProvider(), params: { verificationId } })).body;
}

async function verifyByWallet() {
  const body = { playerRef: WALLET.ref, method: 'wallet' } as const;
  const begun = (await gateway.call('createAgeVerification', { ...asProvider(), body })).body;
  const { audience, nonce, vct } = begun.request!;
  const hidden = { birthdate: WALLET.birthDate };
  const at = clock.now();
  const credential = await issueCredential({ issuer, holder, hidden, open: { vct: vct[0] }, issuedAt: at - DAY_MS });
  const presentation = await presentCredential(credential, { holder, disclose: ['birthdate'], nonce, audience, at });
  const request = { ...asProvider(), params: { verificationId: begun.verificationId }, body: { presentation } };
  return (await gateway.call('completePresentation', request)).body;
}

async function tellStoreSignal(): Promise<void> {
  const body = {
    playerRef: YOUTH.playerRef,
    method: 'store_signal',
    source: 'apple',
    ageRange: { lower: 13, upper: 15 },
    declaredAt: '2026-10-01T00:00:00Z',
  };
  await gateway.send('POST', '/v1/age-verifications', { ...asProvider(), body });
}

/** Personal data where it does not belong: refused, and repeated nowhere. */
async function makeMistakes(playerId: string): Promise<void> {
  const post = (body: unknown, url = '/v1/age-verifications') => gateway.send('POST', url, { ...asProvider(), body });
  await post({ ...CHILD, phone: `${CHILD.phone}x` });
  await post({ ...CHILD, birthDate: CHILD.birthDate.replaceAll('-', '/') });
  await post({ ...CHILD, [CHILD.nationalId]: CHILD.birthDate });
  await post(`{"playerRef": "${CHILD.playerRef}", "birthDate": ${CHILD.birthDate}`);
  await post({ ...CHILD, method: 'store_signal' });
  await post({ ageToken: CHILD.playerRef, gameId: CHILD.nationalId }, '/v1/sessions');
  await gateway.send('POST', '/v1/age-verifications', { token: `sk_test_${CHILD.nationalId}`, body: CHILD });
  await gateway.send('PUT', `/v1/players/${playerId}/guardian`, { ...asProvider(), body: CHILD.guardian });
}

async function guard(playerId: string): Promise<void> {
  const params = { playerId };
  const { phone, name } = OTHER_GUARDIAN;
  const consent = { consentedAt: '2026-10-02T00:00:00Z', consentTextVersion: 'vi-1' };
  const body = { relationship: 'guardian', phone, name, ...consent } as const;
  await gateway.call('registerGuardian', { ...asProvider(), params, body });
  await gateway.call('getGuardian', { ...asProvider(), params });
  await gateway.call('createGuardianLink', { ...asProvider(), params, body: {} });
}

async function play(ageToken: string) {
  const body = { ageToken, gameId: GAME_ID };
  const opened = (await gateway.call('openSession', { token: tenant.publishableKey, body })).body;
  if (opened.verdict !== 'play') throw new Error(`no session: ${JSON.stringify(opened)}`);
  return opened;
}

async function beat({ sessionId, sessionToken: token }: Awaited<ReturnType<typeof play>>, seq: number) {
  clock.advance(30_000);
  const request = { token, params: { sessionId }, body: { seq, state: 'active' } } as const;
  return (await gateway.call('recordHeartbeat', request)).body;
}

/** So that the gateways have something to tell each other. */
async function revokeSpareKey(): Promise<void> {
  const { providerId } = tenant;
  const request = { token: ADMIN_TOKEN, params: { providerId }, body: { kind: 'secret', mode: 'test' } } as const;
  const { keyId } = (await gateway.call('issueKey', request)).body;
  await gateway.call('revokeKey', { token: ADMIN_TOKEN, params: { keyId } });
}

let children: readonly { readonly playerId: string; readonly session: Awaited<ReturnType<typeof play>> | null }[];

describe('after a full run', () => {
  let childId: string;

  it('personal data and keys are nowhere', async () => {
    const game = { gameId: GAME_ID, title: 'Star Garden', class: 'G1', rating: '12+' } as const;
    await gateway.call('createGame', { ...asProvider(), body: game });
    const { child, youth } = await verifyByAttestation();
    childId = child.playerId;
    const byOpenId = await verifyByOpenId();
    const byWallet = await verifyByWallet();
    expect([byOpenId.status, byWallet.status]).toEqual(['complete', 'complete']);
    await tellStoreSignal();
    await makeMistakes(childId);
    await guard(childId);
    const sessions = [await play(child.ageToken!), await play(youth.ageToken!)];
    children = [
      { playerId: childId, session: sessions[0]! },
      { playerId: youth.playerId, session: sessions[1]! },
      { playerId: byOpenId.playerId, session: null },
      { playerId: byWallet.playerId, session: null },
    ];
    await revokeSpareKey();
    const streamDuring = await dumpRedis(watched.redis);
    for (const session of sessions) for (const seq of [1, 2]) await beat(session, seq);
    for (const { playerId } of children) await gateway.call('exportPlayer', { ...asProvider(), params: { playerId } });
    const needles = [...PERSONAL, ...watched.wire.keys.flatMap((key) => textNeedles('API key', key))];
    needles.push(...textNeedles('admin token', ADMIN_TOKEN));
    const places: Record<string, string> = {
      ...(await watched.lookEverywhere()),
      'Redis during the run': streamDuring,
    };
    for (const [place, text] of Object.entries(places)) {
      if (place !== 'standard output' && place !== 'log') expect(text, place).not.toBe('');
    }
    expect(findLeaks(needles, places)).toEqual([]);
    expect(places.spans, 'ids of those who play').not.toMatch(/(ply|per|hum|ses|grd|gln|ver)_[0-9A-Za-z]{8}/);
    const named = watched.spans.getFinishedSpans().map(({ name }) => name);
    expect(named).toEqual(
      expect.arrayContaining([
        'recordHeartbeat',
        'ledger record_beats',
        'redis record_heartbeats',
        'sql select players',
        'verification attested',
        'pump events',
      ]),
    );
    expect(findLeaks(needles, { export: watched.wire.exports.join('\n') })).toEqual([
      'birth date of the child in export',
      'birth date of the youth in export',
      'phone of the child in export',
      'phone of the youth in export',
    ]);
  });

  it('the scan would have found them in each of these places', async () => {
    const { log, messages, wire } = watched;
    const lists = [log, messages, wire.answers, wire.urls];
    const lengths = lists.map(({ length }) => length);
    log.push(JSON.stringify({ msg: CHILD.phone }));
    messages.push(Buffer.from(`xx${CHILD.nationalId}`).toString('base64'));
    watched.wire.answers.push(
      `eyJhbGciOiJub25lIn0.${Buffer.from(`{"b":"${CHILD.birthDate}"}`).toString('base64url')}.`,
    );
    const span = watched.spans.getFinishedSpans()[0]!;
    watched.spans.export([{ ...span, name: CHILD.nationalId, resource: span.resource }], () => undefined);
    watched.wire.urls.push(`/x?d=${encodeURIComponent('27/09/2012')}`);
    await watched.redis.xadd('pg2:planted', '*', 'ref', CHILD.playerRef);
    const { db } = gateway.database;
    const response = new Uint8Array(Buffer.from(CHILD.guardian.name));
    const row = {
      scope_key_id: tenant.providerId,
      key_hash: 'planted',
      body_hash: '',
      response,
      started_at: clock.now(),
    };
    await db.insertInto('idempotency_keys').values(row).execute();
    const places = await watched.lookEverywhere();
    expect(findLeaks(PERSONAL, { ...places, SQL: Buffer.from(places.SQL!, 'latin1').toString() })).toEqual([
      'birth date of the child in answers',
      'birth date of the child in urls',
      'name of the guardian in SQL',
      'national id in Redis messages',
      'national id in spans',
      'phone of the child in log',
      'playerRef in Redis',
      'playerRef in Redis file',
    ]);
    watched.spans.reset();
    for (const [index, list] of lists.entries()) list.length = lengths[index]!;
    await watched.redis.del('pg2:planted');
    await watched.redis.bgrewriteaof();
    await vi.waitUntil(async () => !(await readAppendOnlyFile(watched.redis)).includes(CHILD.playerRef), {
      timeout: 30_000,
    });
    await db.deleteFrom('idempotency_keys').where('key_hash', '=', 'planted').execute();
  });
});

describe('after an erasure', () => {
  it('running sessions end at their next beat, and nothing personal is left to be read, sealed or not', async () => {
    for (const { playerId } of children) await gateway.call('erasePlayer', { ...asProvider(), params: { playerId } });
    for (const { session } of children) {
      if (session !== null) expect(await beat(session, 3)).toMatchObject({ verdict: 'end', reason: 'session_closed' });
    }
    clock.advance(DAY_MS);
    const { db } = gateway.database;
    await new SqlIdempotencyStore(db, testSecrets()).sweep(clock.now());
    const signingKeys = await db.selectFrom('signing_keys').select('key_id').execute();
    expect([...(await countSealed(db)).values()]).toEqual([signingKeys.length]);
    const hashes = await db
      .selectFrom('players')
      .innerJoin('persons', 'persons.person_id', 'players.person_id')
      .select(['player_ref_hash', 'national_id_hash'])
      .execute();
    expect(new Set(hashes.flatMap(Object.values))).toEqual(new Set([null]));
    expect(await db.selectFrom('guardians').select('phone_hash').where('phone_hash', 'is not', null).execute()).toEqual(
      [],
    );
    watched.wire.exports.length = 0;
    for (const { playerId } of children) {
      const { body } = await gateway.call('exportPlayer', { ...asProvider(), params: { playerId } });
      expect(body).toMatchObject({ identity: [], playerRefHeld: false, nationalIdHeld: false });
      expect(body.verifications.map(({ claim }) => claim).filter((claim) => claim !== null)).toEqual([]);
    }
    expect(
      findLeaks(PERSONAL, { ...(await watched.lookEverywhere()), exports: watched.wire.exports.join('\n') }),
    ).toEqual([]);
  });

  it('the events stay, and nothing says any more whose they were', async () => {
    const [child] = children;
    const { body } = await gateway.call('exportPlayer', { ...asProvider(), params: { playerId: child!.playerId } });
    expect(body.erasedAt).not.toBeNull();
    expect(body).toMatchObject({ events: [], nextCursor: null });
    const { db } = gateway.database;
    const events = await db.selectFrom('events').selectAll().execute();
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['opened', 'play', 'ended', 'closed']));
    const ids = new Set(children.map(({ playerId }) => playerId));
    expect(events.filter(({ player_id }) => player_id !== null && ids.has(player_id))).toEqual([]);
    const subjects = await db.selectFrom('event_subjects').select('subject_id').execute();
    expect(subjects.filter(({ subject_id }) => ids.has(subject_id))).toEqual([]);
  });
});
