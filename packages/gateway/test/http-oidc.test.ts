// A player signs in with an OpenID provider, from the server's request to an opened session, over real HTTP.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgeVerificationReply } from '@playgate/contract';
import { formatInstant, MINUTE_MS, PACKS, type PolicyDocument } from '@playgate/policy';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OIDC_PENDING_MS_MAX } from '../src/verification/identity/oidc/oidc-verifier.ts';
import { PROVISIONAL_STANDING_MS } from '../src/verification/verification-service.ts';
import { bornYearsAgo } from './support/birth-dates.ts';
import { CLIENT_ID, CLIENT_SECRET, IdentityProvider } from './support/identity-provider.ts';
import { ManualClock, type Tenant, TestGateway } from './support/test-gateway.ts';

const PUBLIC_URL = 'http://127.0.0.1:1';
const CALLBACK_URL = `${PUBLIC_URL}/v1/oidc/callback`;
const RETURN_URL = 'http://127.0.0.1:2/signed-in';
const GAME = { gameId: 'star-garden', title: 'Star Garden', class: 'G1', rating: '00+' } as const;
const PHONE = { phone: '+84901234567', phoneVerified: true } as const;

/** The Chinese pack asks for no phone and lets players in while a verification is pending or its source is away. */
const CHINA = 'cn-nppa-2021';
const TWO_METHODS = 'two-methods';

/** Minors may play from 20:00 to 21:00. */
const FRIDAY_EVENING = Date.parse('2026-11-27T20:10:00+08:00');

/** One gateway per policy serves all tests; each brings a provider of its own. */
const gateways = new Map<string, TestGateway>();
const clock = new ManualClock(Date.now());
let directory: string;
let idp: IdentityProvider;
/** Never answers. */
let away: IdentityProvider;

beforeAll(async () => {
  [idp, away] = await Promise.all([startProvider(), startProvider()]);
  away.mode = 'down';
  directory = await mkdtemp(path.join(tmpdir(), 'playgate-oidc-'));
  const china = PACKS.find((pack) => (pack as PolicyDocument).id === CHINA) as PolicyDocument;
  const identity = { ...china.identity, methods: { accepted: ['oidc', 'attested'], required: 2 } };
  const twoMethods = { ...china, id: TWO_METHODS, windows: [], identity };
  await mkdir(path.join(directory, 'policies'));
  await writeFile(path.join(directory, 'policies', 'two-methods.json'), JSON.stringify(twoMethods));
  const issuers = [idp, away].map(({ issuer }) => ({
    issuer,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scopes: ['openid', 'profile', 'phone'],
    claims: { phone: 'phone_number', phoneVerified: 'phone_number_verified' },
    assurance: 'document',
    returnUrls: [RETURN_URL],
  }));
  await writeFile(path.join(directory, 'oidc.json'), JSON.stringify({ issuers }));
  for (const policyId of ['vn-147-2024', CHINA, TWO_METHODS]) gateways.set(policyId, await startGateway(policyId));
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway[Symbol.asyncDispose]();
  await Promise.all([idp[Symbol.asyncDispose](), away[Symbol.asyncDispose](), rm(directory, { recursive: true })]);
});
beforeEach(() => {
  // Tokens of the provider bear real time.
  clock.set(Date.now());
  idp.mode = 'up';
  idp.account = { id: 'anna', claims: { birthdate: '1990-05-17' } };
});

const startProvider = () => IdentityProvider.start({ callbackUrl: CALLBACK_URL });

function startGateway(policyId: string): Promise<TestGateway> {
  const env = {
    PLAYGATE_PUBLIC_URL: PUBLIC_URL,
    PLAYGATE_OIDC_FILE: path.join(directory, 'oidc.json'),
    PLAYGATE_POLICY: policyId,
    PLAYGATE_POLICY_DIR: path.join(directory, 'policies'),
    PLAYGATE_LOG_LEVEL: 'error',
  };
  return TestGateway.start({ clock, env });
}

/** The server of a game, and the browsers of its players. */
class Desk {
  readonly gateway: TestGateway;
  readonly tenant: Tenant;

  private constructor(gateway: TestGateway, tenant: Tenant) {
    this.gateway = gateway;
    this.tenant = tenant;
  }

  static async open(policyId = 'vn-147-2024', mode: Tenant['mode'] = 'live'): Promise<Desk> {
    const gateway = gateways.get(policyId)!;
    const tenant = await gateway.createTenant(mode);
    await gateway.call('createGame', { token: tenant.secretKey, body: GAME });
    return new Desk(gateway, tenant);
  }

  async begin(
    more: { readonly playerRef?: string; readonly returnUrl?: string; readonly issuer?: string } = {},
  ): Promise<AgeVerificationReply> {
    const body = { playerRef: 'anna', method: 'oidc', issuer: idp.issuer, returnUrl: RETURN_URL, ...more } as const;
    return (await this.gateway.call('createAgeVerification', { token: this.tenant.secretKey, body })).body;
  }

  async attest(birthDate: string, more: object = {}): Promise<AgeVerificationReply> {
    const body = { playerRef: 'anna', method: 'attested', birthDate, ...PHONE, ...more } as const;
    return (await this.gateway.call('createAgeVerification', { token: this.tenant.secretKey, body })).body;
  }

  async read(verificationId: string): Promise<AgeVerificationReply> {
    const request = { token: this.tenant.secretKey, params: { verificationId } };
    return (await this.gateway.call('getAgeVerification', request)).body;
  }

  /** The callback as the browser of the player sends it. */
  async callBack({ search }: URL) {
    const response = await fetch(`${this.gateway.baseUrl}/v1/oidc/callback${search}`, { redirect: 'manual' });
    return { status: response.status, location: response.headers.get('location'), text: await response.text() };
  }

  async signIn(begun: AgeVerificationReply) {
    return this.callBack(await idp.signIn(begun.redirectUrl!));
  }

  /** The time of a sandbox; what waits for its player goes on by real time. */
  async freeze(at: number): Promise<void> {
    const body = { now: formatInstant(at) };
    await this.gateway.call('freezeSandboxClock', { token: this.tenant.secretKey, body });
  }

  async personOf(playerId: string): Promise<string> {
    const { db } = this.gateway.database;
    const query = db.selectFrom('players').select('person_id').where('player_id', '=', playerId);
    return (await query.executeTakeFirstOrThrow()).person_id;
  }

  async start(ageToken: string | null) {
    const body = { ageToken: ageToken!, gameId: GAME.gameId };
    return (await this.gateway.call('openSession', { token: this.tenant.publishableKey, body })).body;
  }
}

describe('a verification by sign-in', () => {
  it('is pending until the player comes back, and ends in a played session', async () => {
    const desk = await Desk.open();
    const phone = { phone_number: '+84901234567', phone_number_verified: true };
    idp.account = { id: 'anna', claims: { birthdate: bornYearsAgo(17), ...phone } };
    const begun = await desk.begin();
    expect(begun).toMatchObject({ status: 'pending', outcome: null, ageBand: null, assurance: null, ageToken: null });
    expect(begun.expiresAt).toBe(new Date(clock.now() + OIDC_PENDING_MS_MAX).toISOString());
    const { redirectUrl: _, ...known } = begun;
    expect(await desk.read(begun.verificationId)).toEqual(known);

    const answer = await desk.signIn(begun);
    expect(answer).toEqual({ status: 303, location: `${RETURN_URL}?verificationId=${begun.verificationId}`, text: '' });

    const done = await desk.read(begun.verificationId);
    expect(done).toMatchObject({
      verificationId: begun.verificationId,
      playerId: begun.playerId,
      status: 'complete',
      outcome: 'verified',
      ageBand: '16_17',
      assurance: 'document',
    });
    expect(await desk.start(done.ageToken)).toMatchObject({ verdict: 'play' });
    const { rows } = await sql`
      select * from pending_verifications where verification_id = ${begun.verificationId}
    `.execute(desk.gateway.database.db);
    expect(rows).toEqual([]);
  });

  it('makes accounts one person by the subject of the issuer', async () => {
    const desk = await Desk.open();
    const personOf = async (playerRef: string, id: string) => {
      idp.account = { id, claims: { birthdate: '2009-05-17' } };
      const begun = await desk.begin({ playerRef });
      await desk.signIn(begun);
      return desk.personOf(begun.playerId);
    };
    const person = await personOf('first', 'an');
    expect(await personOf('second', 'an')).toBe(person);
    expect(await personOf('third', 'binh')).not.toBe(person);
  });

  it('adds its id to what the return URL has in its query, and nothing else', async () => {
    const desk = await Desk.open();
    const begun = await desk.begin({ returnUrl: `${RETURN_URL}?lang=vi&verificationId=mine` });
    const { location } = await desk.signIn(begun);
    expect(location).toBe(`${RETURN_URL}?lang=vi&verificationId=${begun.verificationId}`);
  });

  it('takes a callback once, and none with a state that it did not give', async () => {
    const desk = await Desk.open();
    const begun = await desk.begin();
    const callback = await idp.signIn(begun.redirectUrl!);
    const forged = new URL(callback);
    forged.searchParams.set('state', 'x'.repeat(40));
    expect(await desk.callBack(forged)).toMatchObject({ status: 422, location: null });
    const [first, second] = await Promise.all([desk.callBack(callback), desk.callBack(callback)]);
    expect([first?.status, second?.status].sort()).toEqual([303, 422]);
    expect(await desk.callBack(callback)).toMatchObject({ status: 422, location: null });
    expect(await desk.read(begun.verificationId)).toMatchObject({ status: 'complete' });
  });

  it('expires, also when the player comes back later', async () => {
    const desk = await Desk.open();
    const begun = await desk.begin();
    const callback = await idp.signIn(begun.redirectUrl!);
    clock.advance(OIDC_PENDING_MS_MAX - 1);
    expect(await desk.read(begun.verificationId)).toMatchObject({ status: 'pending' });
    clock.advance(1);
    expect(await desk.read(begun.verificationId)).toMatchObject({ status: 'expired', outcome: null });
    expect(await desk.callBack(callback)).toMatchObject({ status: 303 });
    expect(await desk.read(begun.verificationId)).toMatchObject({ status: 'expired', ageToken: null });
  });

  it('fails with a reason when nothing was proved, and the player may begin again', async () => {
    const desk = await Desk.open();
    idp.account = { id: 'anna', claims: {} };
    const begun = await desk.begin();
    expect((await desk.signIn(begun)).status).toBe(303);
    const failed = await desk.read(begun.verificationId);
    expect(failed).toMatchObject({ status: 'failed', reason: 'claim_missing', outcome: null, ageToken: null });
    expect(failed.nextMethods).toEqual(['attested', 'wallet']);
    idp.account = { id: 'anna', claims: { birthdate: '1990-05-17' } };
    const again = await desk.begin();
    await desk.signIn(again);
    // Nobody told a phone number, which the Vietnamese rules want.
    expect(await desk.read(again.verificationId)).toMatchObject({ status: 'complete', outcome: 'phone_required' });
  });

  it('runs in a sandbox whose clock stands elsewhere: ages by its time, tokens by real time', async () => {
    const desk = await Desk.open('vn-147-2024', 'test');
    const token = desk.tenant.secretKey;
    await desk.gateway.call('freezeSandboxClock', { token, body: { now: '2035-01-01T12:00:00+07:00' } });
    idp.account = { id: 'anna', claims: { birthdate: '2020-06-01' } };
    const begun = await desk.begin();
    await desk.signIn(begun);
    expect(await desk.read(begun.verificationId)).toMatchObject({ status: 'complete', ageBand: '12_15' });
  });

  it('goes with the player who is erased meanwhile', async () => {
    const desk = await Desk.open();
    const begun = await desk.begin();
    const callback = await idp.signIn(begun.redirectUrl!);
    const request = { token: desk.tenant.secretKey, params: { playerId: begun.playerId } };
    await desk.gateway.call('erasePlayer', request);
    expect(await desk.callBack(callback)).toMatchObject({ status: 422 });
  });

  it.each([
    ['an unknown issuer', { issuer: 'https://evil.example' }],
    ['a foreign return URL', { returnUrl: 'https://evil.example/' }],
  ])('is refused for %s', async (_, more) => {
    const desk = await Desk.open();
    const body = { playerRef: 'anna', method: 'oidc', issuer: idp.issuer, returnUrl: RETURN_URL, ...more };
    const answer = await desk.gateway.send('POST', '/v1/age-verifications', { token: desk.tenant.secretKey, body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
  });

  it('leaves nothing readable of the player in what waits', async () => {
    const desk = await Desk.open();
    const { verificationId } = await desk.begin({ playerRef: 'ref-of-anna' });
    const { rows } = await sql<{ row: string }>`
      select encode(content, 'escape') || pending_verifications::text as row from pending_verifications
      where verification_id = ${verificationId}
    `.execute(desk.gateway.database.db);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.row).not.toMatch(/ref-of-anna|codeVerifier|signed-in/);
  });
});

describe('several sources of one player', () => {
  it('let a better one loosen, and a weaker one only tighten', async () => {
    const desk = await Desk.open();
    expect(await desk.attest(bornYearsAgo(16))).toMatchObject({ ageBand: '16_17', assurance: 'attested' });
    idp.account = { id: 'anna', claims: { birthdate: bornYearsAgo(18) } };
    const begun = await desk.begin();
    await desk.signIn(begun);
    expect(await desk.read(begun.verificationId)).toMatchObject({ outcome: 'verified', ageBand: 'adult' });
    expect(await desk.attest('1990-01-01')).toMatchObject({ outcome: 'verified', ageBand: 'adult' });
    expect(await desk.attest(bornYearsAgo(14))).toMatchObject({ ageBand: '12_15' });
    // The provider takes its mistake back: the better source holds again.
    expect(await desk.attest('1985-01-01')).toMatchObject({ ageBand: 'adult' });
  });

  it('tell the assurance of the age that holds, in the answer and in the token', async () => {
    const desk = await Desk.open(CHINA);
    const begun = await desk.begin();
    await desk.signIn(begun);
    const assuranceIn = (token: string | null) =>
      JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString()).assurance;
    // The document says 1990; what somebody typed in says as much, and decides nothing.
    const typed = await desk.attest('1990-05-17', { phone: undefined, phoneVerified: undefined });
    expect(typed).toMatchObject({ ageBand: 'adult', assurance: 'document' });
    expect(assuranceIn(typed.ageToken)).toBe('document');
    expect(await desk.read(typed.verificationId)).toMatchObject({ assurance: 'document' });
    // A younger age holds whoever says it, and is worth what that source is.
    const younger = await desk.attest(bornYearsAgo(14), { phone: undefined, phoneVerified: undefined });
    expect(younger).toMatchObject({ ageBand: '12_15', assurance: 'declared' });
    const asked = await desk.read(begun.verificationId);
    expect(asked).toMatchObject({ ageBand: '12_15', assurance: 'declared' });
    expect(assuranceIn(asked.ageToken)).toBe('declared');
    expect(assuranceIn((await desk.begin()).ageToken)).toBe('declared');
    const { db } = desk.gateway.database;
    const row = await db
      .selectFrom('players')
      .select('assurance')
      .where('player_id', '=', begun.playerId)
      .executeTakeFirst();
    expect(row).toEqual({ assurance: 'declared' });
  });

  it('that failed leave those that are left, in the order of the policy', async () => {
    const desk = await Desk.open(TWO_METHODS);
    idp.account = { id: 'anna', claims: {} };
    const begun = await desk.begin();
    await desk.signIn(begun);
    expect(await desk.read(begun.verificationId)).toMatchObject({ status: 'failed', nextMethods: ['attested'] });
    const attested = await desk.attest('1990-05-17');
    expect(await desk.read(attested.verificationId)).toMatchObject({ nextMethods: ['oidc'] });
    // The attestation stands: asking for it again would add nothing.
    expect((await desk.read(begun.verificationId)).nextMethods).toBeUndefined();
    const unborn = new Date(clock.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const rejected = await desk.attest(unborn);
    expect(rejected).toMatchObject({ outcome: 'rejected', nextMethods: ['oidc'] });
    expect(await desk.read(rejected.verificationId)).toMatchObject({ nextMethods: ['oidc'] });
  });

  it('must be two that agree where the policy wants two', async () => {
    const desk = await Desk.open(TWO_METHODS);
    const first = await desk.attest('1990-05-17');
    expect(first).toMatchObject({
      outcome: 'method_required',
      reason: 'second_method_missing',
      nextMethods: ['oidc'],
    });
    expect(await desk.start(first.ageToken)).toMatchObject({ verdict: 'denied', reason: 'unverified' });
    const begun = await desk.begin();
    // Let in as the youngest meanwhile, as the policy has it.
    expect(begun).toMatchObject({ status: 'pending', ageBand: 'under_12' });
    await desk.signIn(begun);
    const second = await desk.read(begun.verificationId);
    expect(second).toMatchObject({ outcome: 'verified', ageBand: 'adult' });
    expect(await desk.start(second.ageToken)).toMatchObject({ verdict: 'play' });
    expect(await desk.attest('2012-01-01')).toMatchObject({ outcome: 'method_required' });
  });
});

describe('while the outcome is open', () => {
  it('a policy that denies gives no age token, and 503 when the source is away', async () => {
    const desk = await Desk.open();
    expect((await desk.begin()).ageToken).toBeNull();
    const body = { playerRef: 'anna', method: 'oidc', issuer: away.issuer, returnUrl: RETURN_URL };
    const answer = await desk.gateway.send('POST', '/v1/age-verifications', { token: desk.tenant.secretKey, body });
    expect(answer).toMatchObject({ status: 503, body: { code: 'identity_source_unavailable' } });
    expect(answer.headers.get('retry-after')).not.toBeNull();
  });

  it('a policy that lets players in treats them as the youngest, while it is pending', async () => {
    const desk = await Desk.open(CHINA);
    const begun = await desk.begin();
    expect(begun).toMatchObject({ status: 'pending', outcome: null, ageBand: 'under_12' });
    clock.advance(OIDC_PENDING_MS_MAX);
    const expired = await desk.read(begun.verificationId);
    expect(expired).toMatchObject({ status: 'expired', ageToken: null, nextMethods: ['attested', 'wallet'] });
  });

  it('a pending player plays at an hour allowed to the youngest, until the standing ran out', async () => {
    const desk = await Desk.open(CHINA, 'test');
    await desk.freeze(FRIDAY_EVENING);
    const begun = await desk.begin();
    const { ageToken } = begun;
    expect(begun).toMatchObject({ status: 'pending', ageBand: 'under_12' });
    expect(await desk.start(ageToken)).toMatchObject({ verdict: 'play' });
    await desk.freeze(FRIDAY_EVENING + OIDC_PENDING_MS_MAX - 1);
    expect(await desk.start(ageToken)).toMatchObject({ verdict: 'play' });
    await desk.freeze(FRIDAY_EVENING + OIDC_PENDING_MS_MAX);
    await expect(desk.start(ageToken)).rejects.toMatchObject({ problem: { code: 'unauthenticated' } });
    expect(await desk.read(begun.verificationId)).toMatchObject({ ageToken: null });
    // Still within the hours that the rules allow: what is missing is the age.
    expect(await desk.start(null)).toMatchObject({ verdict: 'denied', reason: 'unverified' });
    await desk.freeze(FRIDAY_EVENING - 15 * MINUTE_MS);
    const early = await desk.begin({ playerRef: 'early' });
    expect(await desk.start(early.ageToken)).toMatchObject({ verdict: 'denied', reason: 'outside_window' });
  });

  it('beginning again and again does not go on letting a player in', async () => {
    const desk = await Desk.open(CHINA);
    const firstAt = clock.now();
    const stepMs = OIDC_PENDING_MS_MAX - 1_000;
    for (; clock.now() + stepMs < firstAt + PROVISIONAL_STANDING_MS; clock.advance(stepMs)) {
      expect(await desk.begin()).toMatchObject({ ageBand: 'under_12', ageToken: expect.any(String) });
    }
    const last = await desk.begin();
    expect(Date.parse(last.ageTokenExpiresAt!)).toBeLessThanOrEqual(firstAt + PROVISIONAL_STANDING_MS);
    clock.advance(firstAt + PROVISIONAL_STANDING_MS - clock.now());
    expect(await desk.read(last.verificationId)).toMatchObject({ status: 'pending', ageToken: null });
    expect(await desk.begin()).toMatchObject({ status: 'pending', ageBand: null, ageToken: null });
    await expect(desk.start(last.ageToken)).rejects.toMatchObject({ problem: { code: 'unauthenticated' } });
    // Another account has a standing of its own.
    expect(await desk.begin({ playerRef: 'new' })).toMatchObject({ ageBand: 'under_12' });
    expect(await desk.attest('1990-05-17')).toMatchObject({ outcome: 'verified' });
  });

  it('the same when the source is away, for a while', async () => {
    const desk = await Desk.open(CHINA);
    const failed = await desk.begin({ issuer: away.issuer });
    expect(failed).toMatchObject({
      status: 'failed',
      reason: 'source_unavailable',
      ageBand: 'under_12',
    });
    expect(failed.nextMethods).toContain('attested');
    const expiresAt = Date.parse(failed.ageTokenExpiresAt!);
    expect(expiresAt).toBe(Math.floor((clock.now() + PROVISIONAL_STANDING_MS) / 1000) * 1000);
    clock.advance(PROVISIONAL_STANDING_MS);
    expect(await desk.start(null)).toMatchObject({ verdict: 'denied', reason: 'unverified' });
    const again = await desk.begin({ issuer: away.issuer });
    expect(again).toMatchObject({ status: 'failed', reason: 'source_unavailable', ageBand: null, ageToken: null });
    expect(again.nextMethods).toContain('attested');
    // Another account has a standing of its own.
    expect(await desk.begin({ issuer: away.issuer, playerRef: 'new' })).toMatchObject({ ageBand: 'under_12' });
    expect(await desk.attest('1990-05-17')).toMatchObject({ outcome: 'verified', playerId: failed.playerId });
  });

  it('lets a player in who was signing in when the source went away', async () => {
    const desk = await Desk.open(CHINA);
    const begun = await desk.begin();
    const callback = await idp.signIn(begun.redirectUrl!);
    idp.mode = 'down';
    expect((await desk.callBack(callback)).status).toBe(303);
    const failed = await desk.read(begun.verificationId);
    expect(failed).toMatchObject({ status: 'failed', reason: 'source_unavailable', ageBand: 'under_12' });
  });

  it('counts what was pending and what was an outage into one hour', async () => {
    const desk = await Desk.open(CHINA);
    const firstAt = clock.now();
    await desk.begin();
    clock.advance(PROVISIONAL_STANDING_MS / 2);
    const begun = await desk.begin();
    const callback = await idp.signIn(begun.redirectUrl!);
    idp.mode = 'down';
    await desk.callBack(callback);
    const failed = await desk.read(begun.verificationId);
    expect(failed).toMatchObject({ reason: 'source_unavailable', ageBand: 'under_12' });
    expect(Date.parse(failed.ageTokenExpiresAt!)).toBeLessThanOrEqual(firstAt + PROVISIONAL_STANDING_MS);
    clock.set(firstAt + PROVISIONAL_STANDING_MS);
    expect(await desk.begin({ issuer: away.issuer })).toMatchObject({ status: 'failed', ageToken: null });
  });

  it.each(['server_error', 'temporarily_unavailable'])('a browser that reports %s lets nobody in', async (error) => {
    const desk = await Desk.open(CHINA);
    const begun = await desk.begin();
    const forged = new URL(CALLBACK_URL);
    const state = new URL(begun.redirectUrl!).searchParams.get('state')!;
    forged.search = new URLSearchParams({ error, state, iss: idp.issuer }).toString();
    expect((await desk.callBack(forged)).status).toBe(303);
    const failed = await desk.read(begun.verificationId);
    expect(failed).toMatchObject({ status: 'failed', reason: 'declined', ageBand: null, ageToken: null });
  });

  it('takes nothing from a player who is verified already', async () => {
    const desk = await Desk.open(CHINA);
    await desk.attest('1990-05-17');
    const begun = await desk.begin();
    expect(begun).toMatchObject({ status: 'pending', ageBand: 'adult' });
  });
});
