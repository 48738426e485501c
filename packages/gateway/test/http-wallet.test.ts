// A wallet's credential through HTTP: begin, present, read; every presentation counts once.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WALLET_PENDING_MS_MAX } from '../src/verification/identity/wallet/wallet-verifier.ts';
import { ManualClock, ProblemError, type Tenant, TestGateway } from './support/test-gateway.ts';
import {
  CREDENTIAL_TYPE,
  createKeyPair,
  ISSUER,
  issueCredential,
  type KeyPair,
  presentCredential,
} from './support/wallet.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const PHONE = { phone: '+84912345678', phoneVerified: true } as const;

const clock = new ManualClock(NOW);
const issuer = await createKeyPair();
const holder = await createKeyPair();
let folder: string;
let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playgate-wallet-'));
  const file = path.join(folder, 'issuers.json');
  const entry = { issuer: ISSUER, jwksFile: 'keys.json', vct: [CREDENTIAL_TYPE], assurance: 'wallet' };
  await writeFile(file, JSON.stringify({ issuers: [entry] }));
  await writeFile(path.join(folder, 'keys.json'), JSON.stringify({ keys: [issuer.publicJwk] }));
  const env = { PLAYGATE_LOG_LEVEL: 'silent', PLAYGATE_WALLET_ISSUERS_FILE: file };
  gateway = await TestGateway.start({ clock, env });
  tenant = await gateway.createTenant();
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function begin(playerRef: string) {
  const body = { playerRef, method: 'wallet' } as const;
  const { body: begun } = await gateway.call('createAgeVerification', { token: tenant.secretKey, body });
  const request = begun.request;
  if (request === undefined) throw new Error(`nothing to ask a wallet for: ${JSON.stringify(begun)}`);
  return { ...begun, request };
}

type Request = Awaited<ReturnType<typeof begin>>['request'];

async function answer(
  { nonce, audience, vct }: Request,
  hidden: Readonly<Record<string, unknown>>,
  by: KeyPair = holder,
): Promise<string> {
  const at = clock.now();
  const credential = await issueCredential({
    issuer,
    holder: by,
    hidden,
    open: { vct: vct[0] },
    issuedAt: at - 86_400_000,
  });
  return presentCredential(credential, { holder: by, disclose: Object.keys(hidden), nonce, audience, at });
}

const hand = (verificationId: string, presentation: string) =>
  gateway.call('completePresentation', { token: tenant.secretKey, params: { verificationId }, body: { presentation } });

describe('a wallet', () => {
  it('is asked for no more than the bands need, and tells the band', async () => {
    const begun = await begin('adult');
    expect(begun).toMatchObject({ status: 'pending', outcome: null, ageBand: null, assurance: null, ageToken: null });
    expect(begun.request).toEqual({
      nonce: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      audience: 'https://playgate.test',
      vct: [CREDENTIAL_TYPE],
      claims: ['age_over_12', 'age_over_16', 'age_over_18'],
      expiresAt: new Date(NOW + WALLET_PENDING_MS_MAX).toISOString(),
    });
    const { body } = await hand(begun.verificationId, await answer(begun.request, { age_over_18: true }));
    expect(body).toMatchObject({
      verificationId: begun.verificationId,
      playerId: begun.playerId,
      status: 'complete',
      outcome: 'phone_required',
      ageBand: 'adult',
      assurance: 'wallet',
      ageToken: expect.any(String),
    });
    const read = { token: tenant.secretKey, params: { verificationId: begun.verificationId } };
    expect((await gateway.call('getAgeVerification', read)).body).toMatchObject({
      status: 'complete',
      ageBand: 'adult',
    });
  });

  it.each([
    ['16 or 17', { age_over_16: true, age_over_18: false }, '16_17'],
    ['not yet 18', { age_over_18: false }, 'under_12'],
    ['a birth date', { birthdate: '2012-06-01' }, '12_15'],
  ])('may say %s', async (name, claims, ageBand) => {
    const { verificationId, request } = await begin(name);
    expect((await hand(verificationId, await answer(request, claims))).body).toMatchObject({
      status: 'complete',
      ageBand,
    });
  });

  it('is believed beside the phone that the provider confirmed, and more than its birth date', async () => {
    const attested = { playerRef: 'both', method: 'attested', birthDate: '1990-01-01', ...PHONE } as const;
    await gateway.call('createAgeVerification', { token: tenant.secretKey, body: attested });
    const { verificationId, request } = await begin('both');
    const { body } = await hand(verificationId, await answer(request, { age_over_16: true, age_over_18: false }));
    expect(body).toMatchObject({ outcome: 'verified', ageBand: '16_17', assurance: 'wallet' });
    const { body: again } = await gateway.call('createAgeVerification', { token: tenant.secretKey, body: attested });
    expect(again).toMatchObject({ outcome: 'verified', ageBand: '16_17' });
  });
});

describe('a presentation', () => {
  it('counts once, and for its own verification only', async () => {
    const first = await begin('once');
    const second = await begin('once');
    const presentation = await answer(first.request, { age_over_18: true });
    expect((await hand(second.verificationId, presentation)).body).toMatchObject({
      status: 'failed',
      reason: 'proof_invalid',
      outcome: null,
      ageToken: null,
    });
    expect((await hand(first.verificationId, presentation)).body).toMatchObject({ status: 'complete' });
    for (const { verificationId } of [first, second]) {
      await expect(hand(verificationId, presentation)).rejects.toMatchObject({ problem: { code: 'conflict' } });
    }
  });

  it('sent twice at once is taken once', async () => {
    const { verificationId, request } = await begin('twice');
    const presentation = await answer(request, { age_over_18: true });
    const both = await Promise.allSettled([hand(verificationId, presentation), hand(verificationId, presentation)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('whose answer was lost has its outcome read', async () => {
    const { verificationId, request } = await begin('lost');
    const told = await hand(verificationId, await answer(request, { age_over_18: true }));
    const read = { token: tenant.secretKey, params: { verificationId } };
    const { ageToken: _, ...outcome } = (await gateway.call('getAgeVerification', read)).body;
    expect(told.body).toMatchObject(outcome);
  });

  it('that comes too late is not looked at', async () => {
    const { verificationId, request } = await begin('late');
    const presentation = await answer(request, { age_over_18: true });
    clock.advance(WALLET_PENDING_MS_MAX);
    expect((await hand(verificationId, presentation)).body).toMatchObject({ status: 'expired', ageBand: null });
  });

  it('without an age fails, and the player stays unknown', async () => {
    const { verificationId, request } = await begin('ageless');
    expect((await hand(verificationId, await answer(request, { given_name: 'An' }))).body).toMatchObject({
      status: 'failed',
      reason: 'claim_missing',
      ageBand: null,
      ageToken: null,
      nextMethods: ['attested'],
    });
  });

  it('shown for two accounts makes them one person', async () => {
    const personOf = async (playerRef: string, by: KeyPair, hidden: Readonly<Record<string, unknown>>) => {
      const { playerId, request, verificationId } = await begin(playerRef);
      await hand(verificationId, await answer(request, { age_over_18: true, ...hidden }, by));
      const query = gateway.database.db.selectFrom('players').select('person_id').where('player_id', '=', playerId);
      return (await query.executeTakeFirstOrThrow()).person_id;
    };
    const [one, other, third] = [await createKeyPair(), await createKeyPair(), await createKeyPair()];
    const byKey = await personOf('by key 1', one, {});
    expect(await personOf('by key 2', one, {})).toBe(byKey);
    expect(await personOf('by another key', other, {})).not.toBe(byKey);
    // A credential of a batch has a key of its own; the issuer's name for the person is the same.
    const bySubject = await personOf('by subject 1', other, { sub: 'person-1' });
    expect(await personOf('by subject 2', third, { sub: 'person-1' })).toBe(bySubject);
    expect(await personOf('by subject 3', third, { sub: 'person-2' })).not.toBe(bySubject);
  });

  it('is refused before it is looked at when it is too long or of another alphabet', async () => {
    const { verificationId } = await begin('long');
    for (const presentation of ['', 'a'.repeat(40_000), 'a.b.c~d e~f.g.h', '<xml/>']) {
      await expect(hand(verificationId, presentation)).rejects.toMatchObject({ problem: { code: 'invalid_request' } });
    }
  });

  it('has no place in a verification of another kind, of nobody or of another tenant', async () => {
    const body = { playerRef: 'other kind', method: 'attested', birthDate: '1990-01-01', ...PHONE } as const;
    const { body: attested } = await gateway.call('createAgeVerification', { token: tenant.secretKey, body });
    await expect(hand(attested.verificationId, 'a.b.c~d.e.f')).rejects.toMatchObject({ problem: { code: 'conflict' } });
    await expect(hand('ver_unknown', 'a.b.c~d.e.f')).rejects.toMatchObject({ problem: { code: 'not_found' } });
    const { verificationId, request } = await begin('neighbour');
    const presentation = await answer(request, { age_over_18: true });
    const stranger = (await gateway.createTenant()).secretKey;
    const stolen = { token: stranger, params: { verificationId }, body: { presentation } };
    await expect(gateway.call('completePresentation', stolen)).rejects.toBeInstanceOf(ProblemError);
    expect((await hand(verificationId, presentation)).body).toMatchObject({ status: 'complete' });
  });
});

describe('a sandbox at another time', () => {
  it('judges the credential by real time and the age by its own', async () => {
    const world = await gateway.createTenant();
    await gateway.call('freezeSandboxClock', { token: world.secretKey, body: { now: '2031-07-01T03:00:00Z' } });
    const token = world.secretKey;
    const body = { playerRef: 'later', method: 'wallet' } as const;
    const { body: begun } = await gateway.call('createAgeVerification', { token, body });
    const presentation = await answer(begun.request!, { birthdate: '2014-06-01' });
    const params = { verificationId: begun.verificationId };
    const { body: told } = await gateway.call('completePresentation', { token, params, body: { presentation } });
    expect(told).toMatchObject({ status: 'complete', ageBand: '16_17' });
  });
});

describe('a store signal', () => {
  const signal = async (playerRef: string, ageRange: { readonly lower?: number; readonly upper?: number }) => {
    const declaredAt = new Date(clock.now()).toISOString();
    const body = {
      playerRef,
      method: 'store_signal',
      source: 'google_play',
      userStatus: 'SUPERVISED',
      ageRange,
    } as const;
    const sent = { token: tenant.secretKey, body: { ...body, declaredAt } };
    return (await gateway.call('createAgeVerification', sent)).body;
  };
  const attest = async (playerRef: string, more: object = {}) => {
    const body = { playerRef, method: 'attested', birthDate: '1990-01-01', ...more } as const;
    return (await gateway.call('createAgeVerification', { token: tenant.secretKey, body })).body;
  };

  it('alone verifies nobody', async () => {
    expect(await signal('alone', { lower: 18 })).toMatchObject({
      status: 'complete',
      outcome: 'method_required',
      reason: 'method_not_accepted',
      ageBand: 'adult',
      assurance: 'declared',
    });
  });

  it('tightens what was only declared', async () => {
    await attest('declared');
    expect(await signal('declared', { lower: 13, upper: 15 })).toMatchObject({ ageBand: '12_15' });
    expect(await attest('declared')).toMatchObject({ ageBand: '12_15', outcome: 'phone_required' });
  });

  it('is kept beside what was attested, and changes nothing', async () => {
    await attest('attested', PHONE);
    const answers = [await signal('attested', { lower: 18 }), await signal('attested', { upper: 12 })];
    for (const each of answers) expect(each).toMatchObject({ outcome: 'verified', ageBand: 'adult' });
    const ids = answers.map(({ verificationId }) => verificationId);
    const rows = await gateway.database.db
      .selectFrom('verifications')
      .select('contradicts_previous')
      .where('verification_id', 'in', ids)
      .orderBy('contradicts_previous')
      .execute();
    expect(rows.map((row) => row.contradicts_previous)).toEqual([false, true]);
  });

  it('without an age is a verification that failed', async () => {
    expect(await signal('nothing', {})).toMatchObject({ status: 'failed', reason: 'claim_missing', ageToken: null });
  });
});
