// A made-up day with everything in it that a report counts in a way of its own: corrections and grants, taken back too, two
// persons found to be one, play that went on after the end, a café beyond its hours, and what was told once the day had closed.
import { createHash } from 'node:crypto';
import { formatInstant } from '@playgate/policy';
import type { ComplianceEvent } from '../../compliance-event.ts';

export const SAMPLE_DAY = '2026-10-01';
export const SAMPLE_NEXT_DAY = '2026-10-02';
export const SAMPLE_ZONE = 'Asia/Ho_Chi_Minh';
const STARTS_AT = Date.parse(`${SAMPLE_DAY}T00:00:00+07:00`);
const MINUTE_MS = 60_000;
const LIMIT_MS = { game: 3_600_000, provider: 10_800_000, agent: null, person: null };
const CAFE = { agent: 'agt_hn', province: 'Hà Nội', station: 'sta_1', hours: '08:00-22:00' };

/** Instant of a time of the day, `27:00` is three in the morning after it. */
function at(time: string): number {
  const [hours, minutes, seconds = 0] = time.split(':').map(Number) as [number, number, number?];
  return STARTS_AT + (hours * 60 + minutes) * MINUTE_MS + Math.round(seconds * 1_000);
}
const instant = (time: string): string => formatInstant(at(time));
const commitment = (text: string): string => createHash('sha256').update(text).digest('base64url');

interface Told {
  readonly at: number;
  readonly rest: object;
}

/** What one person says and does in one place. */
function teller(name: string, place: object) {
  const common = {
    source: 'live',
    mode: 'live',
    person: commitment(`person ${name}`),
    player: commitment(`player ${name}`),
    assurance: 'attested',
    protocol: 'client',
    policy: { id: 'vn-147-2024', version: 1, hash: '0'.repeat(64) },
    ...place,
  };
  return (time: string, kind: string, data: object, more: object = {}): Told => ({
    at: at(time),
    rest: { ...common, kind, data, ...more },
  });
}
type Tell = ReturnType<typeof teller>;

/** Minutes of the game and the provider; of the agent too where there is one. */
const used = (minutes: number, agentMinutes = 0) => ({
  usedMs: { game: minutes * MINUTE_MS, provider: minutes * MINUTE_MS, agent: agentMinutes * MINUTE_MS, person: 0 },
});
const opened = (tell: Tell, time: string) => tell(time, 'opened', { ...used(0), limitMs: LIMIT_MS });
const played = (tell: Tell, from: string, to: string, more: object = {}) =>
  tell(to, 'play', { from: instant(from), to: instant(to), leasedMs: 0 }, more);
const UNTOLD = { limitAt: null, orderedAt: null, overrunMs: 0, gaps: 0, limitMs: LIMIT_MS };

/** The hour is over, the order is answered, and play goes on for a minute. Nobody ever says that it stopped. */
function playsOn(): readonly Told[] {
  const place = { session: 'ses_on', provider: 'prv_0', game: 'game-0', band: '12_15' };
  const tell = teller('on', place);
  const told = { limitAt: instant('9:00'), orderedAt: instant('9:00:02'), overrunMs: 2_000 };
  return [
    opened(tell, '8:00'),
    played(tell, '8:00', '9:00'),
    tell('9:00:02', 'ended', { ...UNTOLD, ...used(60), ...told, cause: 'game' }),
    tell('9:00:32', 'overrun', { overrunMs: 32_000 }),
    tell('9:01:02', 'overrun', { overrunMs: 62_000 }),
  ];
}

/** Beyond the hours of the café, ended by its staff. What is told after the day closed at 03:00 counts no more. */
function isToldLate(): readonly Told[] {
  const tell = teller('late', { session: 'ses_late', provider: 'prv_0', game: 'game-1', band: '16_17', ...CAFE });
  const by = { cause: 'order', by: CAFE.agent, orderedAt: instant('22:05') };
  const closed = { reason: 'limit', clientEndedAt: instant('22:05:03'), verdictSeq: 9, overrunMs: 91_000 };
  return [
    opened(tell, '21:30'),
    played(tell, '21:30', '22:05'),
    tell('22:05', 'ended', { ...UNTOLD, ...used(35, 35), ...by }),
    tell('27:00', 'overrun', { overrunMs: 30_000 }),
    tell('27:00:30', 'overrun', { overrunMs: 60_000 }),
    tell('28:00', 'closed', closed),
  ];
}

/** Time given back and taken, half of it undone on the next day; and a guardian's own time, which corrects nothing. */
function isCorrected(): readonly Told[] {
  const place = { provider: 'prv_0', game: 'game-0', band: 'under_12' };
  const tell = teller('corrected', { session: 'ses_corrected', ...place });
  const after = teller('corrected', place);
  const own = teller('corrected', { provider: 'prv_0', band: 'under_12' });
  const correct = (time: string, data: object) =>
    after(time, 'corrected', { game: 'game-0', author: 'provider', reasonHash: 'a'.repeat(64), ...data });
  const grant = (time: string, data: object) =>
    own(time, 'corrected', { deltaMs: 0, author: 'guardian:lnk_1', reasonHash: 'b'.repeat(64), ...data });
  const close = { reason: 'quit', clientEndedAt: null, verdictSeq: null, overrunMs: 0 };
  return [
    opened(tell, '10:00'),
    played(tell, '10:00', '10:20'),
    tell('10:20', 'ended', { ...UNTOLD, ...used(20), cause: 'closed' }),
    tell('10:20', 'closed', close),
    correct('10:30', { correctionId: 'cor_1', deltaMs: -5 * MINUTE_MS }),
    grant('10:31', { correctionId: 'cor_2', bonusMs: 30 * MINUTE_MS }),
    after('10:45', 'denied', { reason: 'too_little_left', ...used(15) }),
    grant('11:00', { correctionId: 'cor_3', bonusMs: -30 * MINUTE_MS, undoes: 'cor_2' }),
    correct('33:00', { correctionId: 'cor_4', deltaMs: 5 * MINUTE_MS, undoes: 'cor_1' }),
    correct('33:05', { correctionId: 'cor_5', deltaMs: 2 * MINUTE_MS }),
  ];
}

/** Two accounts that turn out to be one person's, who had played one of the games of the other at the very time. */
function isMerged(): readonly Told[] {
  const of = { provider: 'prv_0', band: '12_15' };
  const first = teller('first', { ...of, session: 'ses_first_0', game: 'game-0' });
  const second = teller('first', { ...of, session: 'ses_first_1', game: 'game-1' });
  const cafe = teller('second', { ...of, session: 'ses_second', game: 'game-1', ...CAFE });
  const { player, person } = { player: commitment('player first'), person: commitment('person second') };
  const merge = (from: string, to: string, game: object) =>
    ({
      at: at('15:00'),
      rest: {
        kind: 'merged',
        source: 'live',
        mode: 'live',
        provider: 'prv_0',
        person,
        player,
        ...game,
        // An entry of play happened when the play was over, whenever it was told.
        happenedAt: instant(to),
        data: { from: instant(from), to: instant(to), previous: commitment('person first') },
      },
    }) satisfies Told;
  const closes = { cause: 'closed', limitMs: LIMIT_MS };
  const sum = { game: 10 * MINUTE_MS, provider: 40 * MINUTE_MS, agent: 0, person: 0 };
  return [
    opened(first, '13:00'),
    played(first, '13:00', '13:30'),
    first('13:30', 'ended', { ...UNTOLD, ...used(30), ...closes }),
    opened(cafe, '13:55'),
    second('14:00', 'opened', { usedMs: { ...sum, game: 0, provider: 30 * MINUTE_MS }, limitMs: LIMIT_MS }),
    played(second, '14:00', '14:10'),
    second('14:10', 'ended', { ...UNTOLD, ...closes, usedMs: sum }),
    played(cafe, '13:55', '14:15'),
    cafe('14:15', 'ended', { ...UNTOLD, ...used(20, 20), ...closes }),
    merge('13:00', '13:30', { game: 'game-0' }),
    merge('14:00', '14:10', {}),
  ];
}

/** One falls silent after a gap, two confirm, one of them with an instant before the order; one is refused in an outage. */
function others(): readonly Told[] {
  const of = { provider: 'prv_1', game: 'game-2', band: '16_17' };
  const silent = teller('silent', { ...of, session: 'ses_silent' });
  const ends = (name: string, hour: number, clientEnded: string): readonly Told[] => {
    const tell = teller(name, { ...of, session: `ses_${name}` });
    const told = { limitAt: instant(`${hour}:30`), orderedAt: instant(`${hour}:30:01`), overrunMs: 1_000 };
    const closed = { reason: 'limit', clientEndedAt: instant(clientEnded), verdictSeq: 61, overrunMs: 1_000 };
    return [
      opened(tell, `${hour}:00`),
      played(tell, `${hour}:00`, `${hour}:30`),
      tell(`${hour}:30:01`, 'ended', { ...UNTOLD, ...used(30), ...told, cause: 'provider' }),
      tell(`${hour}:30:05`, 'closed', closed),
    ];
  };
  return [
    opened(silent, '16:00'),
    played(silent, '16:00', '16:05'),
    silent('16:10', 'gap', { from: instant('16:05'), to: instant('16:10') }),
    {
      ...silent(
        '16:15',
        'play',
        { from: instant('16:10'), to: instant('16:15'), leasedMs: 61_000 },
        { source: 'lease' },
      ),
    },
    silent('16:15', 'ended', { ...UNTOLD, ...used(10), cause: 'silence', gaps: 1 }),
    ...ends('prompt', 18, '18:30:03'),
    ...ends('early', 19, '19:20'),
    teller('outage', of)('20:00', 'denied', { reason: 'ledger_unavailable' }, { source: 'fallback' }),
  ];
}

/** In the order in which a gateway would have kept them. */
export function sampleDay(): readonly ComplianceEvent[] {
  const told = [...playsOn(), ...isToldLate(), ...isCorrected(), ...isMerged(), ...others()];
  return told
    .toSorted((left, right) => left.at - right.at)
    .map(({ at: toldAt, rest }, seq) => {
      const { happenedAt = formatInstant(toldAt), ...fields } = rest as { readonly happenedAt?: string };
      const dateOf = (ms: number) => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);
      const isCorrection = (fields as { readonly kind?: string }).kind === 'corrected';
      const date = isCorrection ? SAMPLE_DAY : dateOf(Date.parse(happenedAt));
      return { seq, entry: `p000/${toldAt}-${seq}`, at: happenedAt, date, ...fields } as unknown as ComplianceEvent;
    });
}

/** Figures of the two days together, counted by hand. */
export const SAMPLE_DAY_TOTALS = {
  // on, late, corrected, first, second, silent, prompt, early.
  players: 8,
  minors: 8,
  // One each, two of the first.
  sessions: 9,
  // 60 + 35 + 20 + 30 (the first's, now the second's) + 20 + 10 + 30 + 30 minutes.
  playMs: 235 * MINUTE_MS,
  limitReached: 3,
  // 62 s + 30 s (told as the day closed) + 1 s + 1 s.
  overrunMs: 94_000,
  // The first two: one never said, one too late.
  unacknowledgedEnds: 2,
  gaps: 1,
  agentHourBreaches: 1,
  fallbackDecisions: 1,
  // 1 of 9 sessions and 2 refusals.
  fallbackShare: 0.0909,
  // -5 + 5 + 2 minutes.
  correctionsMs: 2 * MINUTE_MS,
  // From the limit: 3 s, and the order 1 s after it where the client names an instant before.
  timeToEnforceMs: { p50: 1_000, p95: 3_000, max: 3_000 },
  limitToOrderMs: { p50: 1_000, p95: 2_000, max: 2_000 },
  orderToEndMs: { p50: 0, p95: 2_000, max: 2_000 },
} as const;
