import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { BATCH_BEATS_MAX, BODY_BYTES_MAX, DURATION_MS_MAX, ID_LENGTH_MAX, SEQ_MAX } from '../limits.ts';
import { advanceSandboxClock } from '../operations/advance-sandbox-clock.ts';
import { closeSession } from '../operations/close-session.ts';
import { createAgeVerification } from '../operations/create-age-verification.ts';
import { createAgent } from '../operations/create-agent.ts';
import { openSession } from '../operations/open-session.ts';
import { recordHeartbeats } from '../operations/record-heartbeats.ts';
import { heartbeatReply, heartbeatRequest } from './heartbeat.ts';
import { gameId, requestIds } from './ids.ts';
import { printable, word } from './text.ts';
import { calendarDate, instant, instantInRequest, sandboxInstant, wallTime } from './time.ts';

const cases: readonly (readonly [string, z.ZodType, readonly unknown[], readonly unknown[]])[] = [
  [
    'calendarDate',
    calendarDate,
    ['2026-11-20', '2024-02-29', '2000-02-29', '1900-01-01', '2199-12-31'],
    [
      '2026-02-29',
      '1900-02-29',
      '2026-04-31',
      '2026-13-01',
      '2026-1-1',
      '1899-12-31',
      '2026-11-20T00:00:00Z',
      '',
      0,
      null,
    ],
  ],
  [
    'instantInRequest',
    instantInRequest,
    ['2026-11-20T19:30:00+07:00', '2026-11-20T12:30:00Z', '2026-11-20T12:30:00.123456789Z', '1970-01-01T00:00:00Z'],
    [
      '2026-11-20T12:30:00',
      '2026-11-20',
      '2026-02-30T00:00:00Z',
      '2026-11-20T24:00:00Z',
      '2026-11-20T12:60:00Z',
      1,
      null,
    ],
  ],
  [
    'sandboxInstant',
    sandboxInstant,
    ['2000-01-01T00:00:00Z', '2100-01-01T00:00:00Z', '2000-01-01T07:00:00+07:00'],
    ['1999-12-31T23:59:59.999Z', '2100-01-01T00:00:00.001Z', '2000-01-01T06:59:59+07:00', 'now'],
  ],
  ['instant', instant, ['2026-11-20T12:30:00.000Z'], ['2026-11-20T12:30:00Z', '2026-11-20T12:30:00.000+07:00']],
  ['wallTime', wallTime, ['00:00', '08:00', '23:59', '24:00'], ['24:01', '8:00', '08:60', '08:00:00']],
  ['word', word, ['quit', 'app_killed_2', 'a'.repeat(32)], ['', 'Quit', '_quit', 'app-killed', 'a'.repeat(33)]],
  ['printable', printable(3), ['a', 'Bé', '   '], ['', 'abcd', 'a\n', '\u0000', '\u0085']],
  [
    'requestIds.sessionId',
    requestIds.sessionId,
    ['ses_1', 'x', 'a'.repeat(ID_LENGTH_MAX)],
    ['', 'a.b', 'a/b', 'ä', 'a'.repeat(ID_LENGTH_MAX + 1)],
  ],
  ['gameId', gameId, ['star.garden-2_x', 'G'], ['', 'a b', 'a/b', 'a'.repeat(ID_LENGTH_MAX + 1)]],
  [
    'a heartbeat',
    heartbeatRequest,
    [
      { seq: 1, state: 'active' },
      { seq: SEQ_MAX, state: 'paused', receipt: 'r' },
    ],
    [
      { seq: 0, state: 'active' },
      { seq: SEQ_MAX + 1, state: 'active' },
      { seq: 1.5, state: 'active' },
      { seq: '1', state: 'active' },
      { seq: 1 },
      { seq: 1, state: 'idle' },
      { seq: 1, state: 'active', now: 0 },
      [],
      null,
    ],
  ],
  [
    'an open',
    openSession.body,
    [
      { ageToken: null, gameId: 'g' },
      { ageToken: 'x', gameId: 'g', device: {}, stationToken: 's' },
    ],
    [
      { gameId: 'g' },
      { ageToken: '', gameId: 'g' },
      { ageToken: 'x'.repeat(4097), gameId: 'g' },
      { ageToken: 'x', gameId: 'g', device: { os: 'x' } },
    ],
  ],
  [
    'a close',
    closeSession.body,
    [
      { reason: 'quit' },
      { seq: 3, reason: 'own_word', enforcement: { verdictSeq: 2, endedAt: '1970-01-01T00:00:00Z' } },
    ],
    [{}, { reason: 'quit', enforcement: { verdictSeq: 2 } }],
  ],
  [
    'an advance',
    advanceSandboxClock.body,
    [{ ms: 0 }, { ms: DURATION_MS_MAX }],
    [{ ms: -1 }, { ms: DURATION_MS_MAX + 1 }, { ms: 0.5 }, { ms: Number.NaN }],
  ],
];

describe.each(cases)('%s', (_, schema, accepted, refused) => {
  it.each(accepted)('takes %j', (value) => {
    expect(schema.safeParse(value).success).toBe(true);
  });
  it.each(refused.map((value) => [value]))('refuses %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

describe('an attested verification', () => {
  const attested = { playerRef: 'account-1', method: 'attested', birthDate: '2010-01-31' };
  const guardian = { relationship: 'parent', phone: '+84912345678', consentedAt: '2026-11-01T09:00:00+07:00' };

  it('takes the least and the most it can say', () => {
    const full = { ...attested, phone: '+84912345678', phoneVerified: true, nationalId: '001-2010', guardian };
    for (const body of [attested, full]) expect(createAgeVerification.body.parse(body)).toEqual(body);
  });

  it.each([
    ['an unknown method', { ...attested, method: 'selfie' }],
    ['a field of no method', { ...attested, name: 'An' }],
    ['a date that does not exist', { ...attested, birthDate: '2010-02-30' }],
    ['a national number', { ...attested, phone: '0912345678' }],
    ['a short national id', { ...attested, nationalId: '123' }],
    ['a guardian without consent', { ...attested, guardian: { ...guardian, consentedAt: undefined } }],
  ])('refuses %s', (_, body) => {
    expect(createAgeVerification.body.safeParse(body).success).toBe(false);
  });
});

describe('defaults and limits', () => {
  it('opens an agent from 08:00 to 22:00', () => {
    const agent = { name: 'Net 24', licenceNo: 'HN-1', province: 'Hà Nội' };
    expect(createAgent.body.parse(agent)).toEqual({ ...agent, opensAt: '08:00', closesAt: '22:00' });
  });

  it('fits a full batch with ids of full length into the body limit', () => {
    const beat = { sessionId: 'a'.repeat(ID_LENGTH_MAX), seq: SEQ_MAX, state: 'paused' };
    const beats = Array.from({ length: BATCH_BEATS_MAX }, () => beat);
    expect(recordHeartbeats.body.safeParse({ beats }).success).toBe(true);
    expect(recordHeartbeats.body.safeParse({ beats: [...beats, beat] }).success).toBe(false);
    expect(recordHeartbeats.body.safeParse({ beats: [] }).success).toBe(false);
    expect(JSON.stringify({ beats }).length).toBeLessThanOrEqual(BODY_BYTES_MAX);
  });

  it('demands a reason, a message and the next time of an end', () => {
    expect(heartbeatReply.safeParse({ verdict: 'end', seq: 1 }).error?.issues.map(({ path }) => path[0])).toEqual(
      expect.arrayContaining(['reason', 'message', 'nextAllowedAt']),
    );
  });
});
