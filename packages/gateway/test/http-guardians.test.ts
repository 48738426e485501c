// Registration by a guardian, and the links that open for one.
import type { Problem } from '@playgate/contract';
import { DAY_MS, formatInstant, HOUR_MS, MINUTE_MS } from '@playgate/policy';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CONSENT_AHEAD_MS_MAX, CONSENT_SKEW_MS } from '../src/guardians/consent-instant.ts';
import { deriveKey } from '../src/store/sql/secrets.ts';
import { decodeToken, distort, signHmac, signStranger } from './support/hostile-tokens.ts';
import { FREE_RULES, GUARDIAN } from './support/request-samples.ts';
import { testSecrets } from './support/secrets.ts';
import { type ProblemError, type Tenant, TestGateway } from './support/test-gateway.ts';

const NOON = '2026-10-14T12:00:00+07:00';

let gateway: TestGateway;
let tenant: Tenant;
let token: string;
let playerId: string;

beforeAll(async () => {
  gateway = await TestGateway.start({ env: { PLAYGATE_LOG_LEVEL: 'silent' } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

beforeEach(async () => {
  tenant = await gateway.createTenant();
  token = tenant.secretKey;
  await gateway.call('freezeSandboxClock', { token, body: { now: NOON } });
  playerId = (await verify('kid')).playerId;
});

const ofPlayer = (id = playerId) => ({ token, params: { playerId: id } });

async function verify(playerRef: string, more: object = {}) {
  const child = { method: 'attested', birthDate: '2013-05-01', phone: '+84912345678', phoneVerified: true } as const;
  return (await gateway.call('createAgeVerification', { token, body: { ...child, playerRef, ...more } })).body;
}

async function register(id = playerId, changes: object = {}) {
  return (await gateway.call('registerGuardian', { ...ofPlayer(id), body: { ...GUARDIAN, ...changes } })).body;
}

async function openLink(body: { expiresInMs?: number } = {}) {
  const link = (await gateway.call('createGuardianLink', { ...ofPlayer(), body })).body;
  return { ...link, token: new URL(link.url).hash.slice(1) };
}

const readRules = (bearer: string, id = playerId) =>
  gateway.send('GET', `/v1/players/${id}/guardian-rules`, { token: bearer });
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'answered',
    (error: unknown) => (error as ProblemError).problem.code,
  );

describe('a registration', () => {
  it('keeps who, when and which text, and shows no phone', async () => {
    const registered = await register(playerId, { name: 'Nguyễn Thị Mai' });
    expect(registered).toEqual({
      guardianId: expect.stringMatching(/^grd_/),
      relationship: 'parent',
      maskedPhone: '+84••••••321',
      consentedAt: '2026-10-01T02:00:00.000Z',
      consentTextVersion: 'vi-2026-03',
      source: 'provider',
      registeredAt: '2026-10-14T05:00:00.000Z',
      childCount: 1,
    });
    expect((await gateway.call('getGuardian', ofPlayer())).body).toEqual({ playerId, guardian: registered });
  });

  it('lies nowhere in clear', async () => {
    await register(playerId, { name: 'Nguyễn Thị Mai', relationship: 'guardian' });
    const { db } = gateway.database;
    for (const table of ['guardians', 'guardianships']) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db);
      const cells = rows.flatMap((row) => Object.entries(row)).filter(([name]) => name !== 'end_cause');
      const text = cells.map(([, cell]) =>
        cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : JSON.stringify(cell),
      );
      expect(text.length).toBeGreaterThan(5);
      for (const needle of [GUARDIAN.phone, '907654321', 'Nguy', '"guardian"', '"parent"']) {
        expect(text.join('\n')).not.toContain(needle);
      }
    }
  });

  it('makes one guardian of one phone, with several children, within a world', async () => {
    const sister = (await verify('sister')).playerId;
    const first = await register();
    const second = await register(sister, { relationship: 'guardian' });
    expect(second).toMatchObject({ guardianId: first.guardianId, childCount: 2, relationship: 'guardian' });
    expect((await register(sister, { phone: '+84900000001' })).guardianId).not.toBe(first.guardianId);
    expect((await gateway.call('getGuardian', ofPlayer())).body.guardian).toMatchObject({ childCount: 1 });
    const mine = { ...tenant };
    tenant = await gateway.createTenant();
    token = tenant.secretKey;
    const abroad = await register((await verify('kid')).playerId);
    expect(abroad.guardianId).not.toBe(first.guardianId);
    expect(mine.providerId).not.toBe(tenant.providerId);
  });

  it('comes with an attested verification, and outlives one without a guardian', async () => {
    expect(await verify('kid')).toMatchObject({ outcome: 'guardian_required' });
    const { consentTextVersion, ...guardian } = GUARDIAN;
    expect(await verify('kid', { guardian })).toMatchObject({ outcome: 'verified' });
    const { body } = await gateway.call('getGuardian', ofPlayer());
    expect(body.guardian).toMatchObject({ source: 'verification', consentTextVersion: null });
    expect(await verify('kid')).toMatchObject({ outcome: 'verified' });
    expect(consentTextVersion).toBe('vi-2026-03');
  });

  it('holds for an account that turns out to be of the same person', async () => {
    const nationalId = '079099000001';
    await verify('kid', { nationalId, guardian: { relationship: 'parent', phone: '+84900000001', consentedAt: NOON } });
    const other = await verify('other account', { nationalId });
    const { body } = await gateway.call('getGuardian', ofPlayer(other.playerId));
    expect(body.guardian).toMatchObject({ source: 'verification' });
  });

  it('once revoked does not come back with the same consent, only with a later one', async () => {
    await register();
    await gateway.call('revokeGuardian', ofPlayer());
    await gateway.call('revokeGuardian', ofPlayer());
    expect(await codeOf(register())).toBe('conflict');
    const { consentTextVersion: _, ...guardian } = GUARDIAN;
    expect(await verify('kid', { guardian })).toMatchObject({ outcome: 'guardian_required' });
    expect((await gateway.call('getGuardian', ofPlayer())).body.guardian).toBeNull();
    expect(await verify('kid', { guardian: { ...guardian, consentedAt: NOON } })).toMatchObject({
      outcome: 'verified',
    });
  });

  it('once revoked does not come back with an older consent of a guardian who was replaced', async () => {
    const { consentTextVersion: _, ...guardian } = GUARDIAN;
    const mother = { ...guardian, phone: '+84900000001', consentedAt: '2026-01-10T09:00:00+07:00' };
    const father = { ...guardian, phone: '+84900000002', consentedAt: '2026-02-10T09:00:00+07:00' };
    expect(await verify('kid', { guardian: mother })).toMatchObject({ outcome: 'verified' });
    expect(await verify('kid', { guardian: father })).toMatchObject({ outcome: 'verified' });
    await gateway.call('revokeGuardian', ofPlayer());
    expect(await verify('kid', { guardian: mother })).toMatchObject({ outcome: 'guardian_required' });
    // She never registered this one, but gave it before the revocation too.
    const since = { consentedAt: '2026-03-10T09:00:00+07:00' };
    expect(await verify('kid', { guardian: { ...mother, ...since } })).toMatchObject({ outcome: 'guardian_required' });
    expect(await codeOf(register(playerId, { phone: mother.phone, ...since }))).toBe('conflict');
    expect(await verify('kid', { guardian: { ...mother, consentedAt: NOON } })).toMatchObject({ outcome: 'verified' });
  });

  it('once revoked does not come back with a consent that was dated a little ahead', async () => {
    const ahead = { consentedAt: formatInstant(Date.parse(NOON) + CONSENT_SKEW_MS) };
    await register(playerId, ahead);
    await gateway.call('revokeGuardian', ofPlayer());
    expect(await codeOf(register(playerId, ahead))).toBe('conflict');
  });

  it.each([
    ['by PUT', 'body.consentedAt', (consentedAt: string) => register(playerId, { consentedAt })],
    [
      'in a verification',
      'body.guardian.consentedAt',
      (consentedAt: string) => {
        const { consentTextVersion: _, ...guardian } = GUARDIAN;
        return verify('kid', { guardian: { ...guardian, consentedAt } });
      },
    ],
  ])('takes no consent from the future, %s', async (_, path, send) => {
    const latestAt = Date.parse(NOON) + CONSENT_AHEAD_MS_MAX.test;
    await expect(send(formatInstant(latestAt + 1))).rejects.toMatchObject({
      problem: { code: 'invalid_request', status: 400, errors: [{ path }] },
    });
    expect((await gateway.call('getGuardian', ofPlayer())).body.guardian).toBeNull();
    await send(formatInstant(latestAt));
    expect((await gateway.call('getGuardian', ofPlayer())).body.guardian).not.toBeNull();
  });

  it('is refused for a player of age, and nothing is kept of it', async () => {
    const adult = await verify('grown up', { birthDate: '1990-01-01' });
    expect(adult).toMatchObject({ ageBand: 'adult' });
    const { db } = gateway.database;
    const countGuardians = async () => (await db.selectFrom('guardians').selectAll().execute()).length;
    const before = await countGuardians();
    const request = { ...ofPlayer(adult.playerId), body: { ...GUARDIAN, phone: '+84900000009' } };
    const error = await gateway.call('registerGuardian', request).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: { status: 422, code: 'unprocessable' } });
    expect((await gateway.call('getGuardian', ofPlayer(adult.playerId))).body.guardian).toBeNull();
    expect(await countGuardians()).toBe(before);
  });

  it('is of its own tenant only', async () => {
    await register();
    const other = await gateway.createTenant();
    const request = { token: other.secretKey, params: { playerId } };
    for (const params of [{ playerId }, { playerId: 'ply_unknown' }]) {
      const asked = { ...request, params };
      expect(await codeOf(gateway.call('getGuardian', asked))).toBe('not_found');
      expect(await codeOf(gateway.call('registerGuardian', { ...asked, body: GUARDIAN }))).toBe('not_found');
      expect(await codeOf(gateway.call('setGuardianRules', { ...asked, body: FREE_RULES }))).toBe('not_found');
      expect(await codeOf(gateway.call('createGuardianLink', { ...asked, body: {} }))).toBe('not_found');
    }
  });

  it('is forgotten with the last account', async () => {
    const { guardianId } = await register();
    await gateway.call('erasePlayer', ofPlayer());
    const { db } = gateway.database;
    const guardian = await db
      .selectFrom('guardians')
      .selectAll()
      .where('guardian_id', '=', guardianId)
      .executeTakeFirst();
    expect(guardian).toMatchObject({ identity: null, phone_hash: null });
    const rows = await db.selectFrom('guardianships').selectAll().where('guardian_id', '=', guardianId).execute();
    expect(rows).toMatchObject([{ relationship: null, consent_text_version: 'vi-2026-03' }]);
  });
});

describe('guardian rules', () => {
  it('are kept with version, author and time, and told beside the law', async () => {
    await register();
    const { token: link } = await openLink();
    const { body: none } = await gateway.call('getGuardianRules', ofPlayer());
    expect(none).toMatchObject({ version: 0, rules: FREE_RULES, history: [], zone: 'Asia/Ho_Chi_Minh' });
    expect(none.law.budgets.map(({ scope, limitMs }) => [scope, limitMs])).toEqual([
      ['game', HOUR_MS],
      ['provider', 3 * HOUR_MS],
    ]);
    const set = (bearer: string, rules: object) =>
      gateway.call('setGuardianRules', { ...ofPlayer(), token: bearer, body: { ...FREE_RULES, ...rules } });
    await set(token, { dayLimitMs: HOUR_MS });
    await set(token, { dayLimitMs: HOUR_MS });
    await gateway.call('advanceSandboxClock', { token, body: { ms: MINUTE_MS } });
    const { body } = await set(link, { dayLimitMs: 2 * HOUR_MS, pause: { untilAt: '2026-10-14T13:00:00+07:00' } });
    expect(body).toMatchObject({
      version: 2,
      effective: { gameLimitMs: HOUR_MS, dayLimitMs: 2 * HOUR_MS },
      rules: { pause: { untilAt: '2026-10-14T06:00:00.000Z' } },
      history: [
        { version: 2, author: 'guardian', setAt: '2026-10-14T05:01:00.000Z' },
        { version: 1, author: 'provider', setAt: '2026-10-14T05:00:00.000Z', rules: { dayLimitMs: HOUR_MS } },
      ],
    });
    expect(await codeOf(set(link, { ifVersion: 1 }))).toBe('conflict');
    expect((await set(link, { ifVersion: 2 })).body.version).toBe(3);
  });

  const bedtime = { days: ['mon'], from: '21:00', to: '07:00' };
  it.each([
    ['no fields', {}, 'gameLimitMs'],
    ['a negative limit', { ...FREE_RULES, dayLimitMs: -1 }, 'dayLimitMs'],
    ['a limit of more than a day', { ...FREE_RULES, dayLimitMs: DAY_MS + 1 }, 'dayLimitMs'],
    ['a bedtime without days', { ...FREE_RULES, bedtimes: [{ ...bedtime, days: [] }] }, 'bedtimes.0.days'],
    ['a day twice', { ...FREE_RULES, bedtimes: [{ ...bedtime, days: ['mon', 'mon'] }] }, 'bedtimes.0.days'],
    ['a bedtime of no length', { ...FREE_RULES, bedtimes: [{ ...bedtime, to: '21:00' }] }, 'bedtimes.0'],
    ['a bedtime from 24:00', { ...FREE_RULES, bedtimes: [{ ...bedtime, from: '24:00' }] }, 'bedtimes.0.from'],
    ['too many bedtimes', { ...FREE_RULES, bedtimes: Array(15).fill(bedtime) }, 'bedtimes'],
    ['a pause without zone', { ...FREE_RULES, pause: { untilAt: '2026-10-14T13:00:00' } }, 'pause.untilAt'],
  ])('refuse %s', async (_, body, path) => {
    const answer = await gateway.send('PUT', `/v1/players/${playerId}/guardian-rules`, { token, body });
    expect(answer.status).toBe(400);
    expect((answer.body as Problem).errors?.[0]?.path).toBe(path);
  });
});

describe('a link', () => {
  it('opens for one child: its rules and its day, nothing else', async () => {
    await register();
    const link = await openLink();
    expect(link.url).toMatch(/^https:\/\/playgate\.test\/guardian#/);
    expect((await readRules(link.token)).status).toBe(200);
    expect((await gateway.send('GET', `/v1/players/${playerId}/playtime`, { token: link.token })).status).toBe(200);
    const sister = (await verify('sister')).playerId;
    await register(sister);
    for (const id of [sister, 'ply_unknown']) {
      for (const what of ['guardian-rules', 'playtime']) {
        const answer = await gateway.send('GET', `/v1/players/${id}/${what}`, { token: link.token });
        expect(answer.body).toMatchObject({ code: 'not_found', detail: 'There is no such player.' });
      }
      const put = { token: link.token, body: FREE_RULES };
      expect((await gateway.send('PUT', `/v1/players/${id}/guardian-rules`, put)).status).toBe(404);
    }
    for (const [method, path] of [
      ['GET', `/v1/players/${playerId}/guardian`],
      ['DELETE', `/v1/players/${playerId}/guardian`],
      ['POST', `/v1/players/${playerId}/guardian-links`],
      ['DELETE', `/v1/players/${playerId}`],
      ['GET', '/v1/games'],
    ] as const) {
      expect((await gateway.send(method, path, { token: link.token })).status, path).toBe(403);
    }
  });

  it('expires in the time of its world', async () => {
    await register();
    const { expiresAt, token: link } = await openLink({ expiresInMs: HOUR_MS });
    expect(expiresAt).toBe('2026-10-14T06:00:00.000Z');
    await gateway.call('advanceSandboxClock', { token, body: { ms: HOUR_MS - 1 } });
    expect((await readRules(link)).status).toBe(200);
    await gateway.call('advanceSandboxClock', { token, body: { ms: 1 } });
    expect((await readRules(link)).status).toBe(401);
  });

  it('ends when it is revoked, or its guardian is, or is replaced', async () => {
    await register();
    const [one, two] = [await openLink(), await openLink()];
    await gateway.call('revokeGuardianLink', { token, params: { playerId, linkId: one.linkId } });
    expect([(await readRules(one.token)).status, (await readRules(two.token)).status]).toEqual([401, 200]);
    const unknown = { token, params: { playerId, linkId: 'gln_unknown' } };
    expect(await codeOf(gateway.call('revokeGuardianLink', unknown))).toBe('not_found');
    await register(playerId, { phone: '+84900000002' });
    expect((await readRules(two.token)).status).toBe(401);
    const three = await openLink();
    await gateway.call('revokeGuardian', ofPlayer());
    expect((await readRules(three.token)).status).toBe(401);
    await register(playerId, { consentedAt: NOON });
    expect((await readRules(three.token)).status).toBe(401);
  });

  it('ends when the child comes of age or is erased', async () => {
    await register();
    const { token: link } = await openLink({ expiresInMs: 30 * DAY_MS });
    await verify('kid', { birthDate: '2008-10-16' });
    await gateway.call('freezeSandboxClock', { token, body: { now: '2026-10-15T23:59:59.999+07:00' } });
    expect((await readRules(link)).status).toBe(200);
    await gateway.call('advanceSandboxClock', { token, body: { ms: 1 } });
    expect((await readRules(link)).status).toBe(401);
    expect(await codeOf(openLink())).toBe('unprocessable');
    await gateway.call('freezeSandboxClock', { token, body: { now: NOON } });
    await gateway.call('erasePlayer', ofPlayer());
    expect((await readRules(link)).status).toBe(401);
  });

  it('is not made where no guardian is registered', async () => {
    expect(await codeOf(openLink())).toBe('unprocessable');
  });

  it('cannot be forged', async () => {
    await register();
    const { token: link } = await openLink();
    const parts = decodeToken(link);
    const [master] = testSecrets().masterKeys;
    const key = deriveKey(master!.key, 'guardian-token');
    const resigned = (header: object, payload: object, by: Uint8Array = key) =>
      signHmac({ header: { ...parts.header, ...header }, payload: { ...parts.payload, ...payload } }, by);
    expect((await readRules(resigned({}, {}))).status, 'the control').toBe(200);
    const { body: opened } = await gateway.call('createAgeVerification', {
      token,
      body: { playerRef: 'adult', method: 'attested', birthDate: '1990-01-01' },
    });
    const hostile: Record<string, string> = {
      ...distort(link),
      'the type of a session': resigned({ typ: 'session+jwt' }, {}),
      'no type': resigned({ typ: undefined }, {}),
      'signed with the key of sessions': resigned({}, {}, deriveKey(master!.key, 'session-token')),
      'signed with the master key': resigned({}, {}, master!.key),
      'signed by a stranger': signStranger({
        header: { ...parts.header, alg: 'EdDSA', jwk: {} },
        payload: parts.payload,
      }),
      'another algorithm': resigned({ alg: 'HS512' }, {}),
      'unknown kid': resigned({ kid: '00000000' }, {}),
      'another issuer': resigned({}, { iss: 'https://evil.example' }),
      'another audience': resigned({}, { aud: 'playgate' }),
      'no audience': resigned({}, { aud: undefined }),
      'no expiry': resigned({}, { exp: undefined }),
      expired: resigned({}, { exp: 1 }),
      'no link': resigned({}, { jti: undefined }),
      'a link that is not there': resigned({}, { jti: 'gln_unknown' }),
      'another player': resigned({}, { sub: 'ply_other' }),
      'another provider': resigned({}, { prv: 'prv_other' }),
      'the live world': resigned({}, { mode: 'live' }),
      'an age token': opened.ageToken!,
    };
    for (const [name, candidate] of Object.entries(hostile)) {
      // What no header can carry is refused by the client itself.
      if (/\s$/.test(candidate) || candidate.length > 10_000) continue;
      const bearer = candidate.trim() === link ? '' : candidate;
      expect((await readRules(bearer)).status, name).toBe(401);
    }
    expect(Object.keys(hostile).length).toBeGreaterThan(35);
  });
});
