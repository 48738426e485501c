// One session as it might have gone: some play with pauses and silences, over midnight too, and one of the ends there are.
import type { Random } from './random.ts';
import {
  type Close,
  DAY_MS,
  type Deed,
  dateOf,
  type End,
  type Interval,
  MINUTE_MS,
  type Overrun,
  type Play,
  type Session,
  startOfDate,
} from './truth.ts';

const LEASE_MS = 90_000;
const REVIVE_MS = 600_000;
const INTERVAL_MS = 30_000;
const BEAT_LATE_MS_MAX = 30_000;
const GRACE_MS = 3 * 60 * MINUTE_MS;
/** Of those who were told to end. */
const SHARE_THAT_GOES_ON = 0.12;

export interface PlayedSession {
  readonly session: Session;
  /** When a silence was noticed; null: it did not end so. */
  readonly noticedAt: number | null;
  readonly overAt: number;
}

export function playSession(random: Random, deed: Deed, id: string, openedAt: number): PlayedSession {
  const isCounted = deed.band !== 'adult';
  const { gaps, playedUntil, plays } = isCounted ? playFrom(random, openedAt) : stay(random, openedAt);
  const { end, endsPlayAt, noticedAt } = endOf(random, deed, playedUntil);
  const cut = plays.map((play) => ({ ...play, to: Math.min(play.to, endsPlayAt) })).filter(({ from, to }) => from < to);
  const overruns = isCounted && end !== null && random.chance(SHARE_THAT_GOES_ON) ? goOn(random, end) : [];
  const close = end === null ? null : closeOf(random, end, { noticedAt, wentOn: overruns.at(-1) ?? null });
  const overAt = Math.max(playedUntil, noticedAt ?? 0, close?.at ?? 0) + 1_000;
  return { session: { ...deed, id, openedAt, plays: cut, gaps, end, overruns, close }, noticedAt, overAt };
}

function stay(random: Random, openedAt: number) {
  return { plays: [] as Play[], gaps: [] as Interval[], playedUntil: openedAt + random.int(5, 150) * MINUTE_MS };
}

function playFrom(random: Random, openedAt: number) {
  const plays: Play[] = [];
  const gaps: Interval[] = [];
  let at = openedAt;
  for (let stretch = random.int(1, 3); stretch > 0; stretch--) {
    const to = at + random.int(2 * MINUTE_MS, 22 * MINUTE_MS);
    const leasedMs = random.chance(0.05) ? random.int(61_000, LEASE_MS) : 0;
    plays.push(...splitAtMidnight({ from: at, to, leasedMs }));
    at = to;
    if (stretch === 1) break;
    const isGap = random.chance(0.15);
    const resumesAt = to + (isGap ? random.int(LEASE_MS, REVIVE_MS) - INTERVAL_MS : random.int(20_000, 9 * MINUTE_MS));
    if (isGap) gaps.push({ from: to, to: resumesAt });
    at = resumesAt;
  }
  return { plays, gaps, playedUntil: at };
}

function splitAtMidnight({ from, leasedMs, to }: Interval & { readonly leasedMs: number }): readonly Play[] {
  const midnight = startOfDate(dateOf(from)) + DAY_MS;
  if (to <= midnight) return [{ date: dateOf(from), from, to, leasedMs }];
  return [
    { date: dateOf(from), from, to: midnight, leasedMs: 0 },
    { date: dateOf(midnight), from: midnight, to, leasedMs: 0 },
  ];
}

interface Ending {
  readonly end: End | null;
  /** Play beyond it is not counted. */
  readonly endsPlayAt: number;
  readonly noticedAt: number | null;
}

const PLAIN = { limitAt: null, orderedAt: null, overrunMs: 0 };

function endOf(random: Random, { agent, band }: Deed, at: number): Ending {
  const draw = random.next();
  const ended = (end: End, noticedAt: number | null = null, endsPlayAt = at): Ending => ({
    end,
    noticedAt,
    endsPlayAt,
  });
  if (draw < 0.25 && band !== 'adult') {
    const overrunMs = random.int(0, BEAT_LATE_MS_MAX);
    const cause = random.pick(agent === null ? ['game', 'provider'] : ['game', 'provider', 'agent']);
    return ended({ at, cause, limitAt: at - overrunMs, orderedAt: at, overrunMs });
  }
  if (draw < 0.35) {
    const overrunMs = random.int(0, BEAT_LATE_MS_MAX);
    const limitAt = at - overrunMs;
    const counted = band === 'adult' ? 0 : overrunMs;
    return ended({ at: limitAt, cause: 'stop', limitAt, orderedAt: at, overrunMs: counted }, null, limitAt);
  }
  if (draw < 0.5) return ended({ ...PLAIN, at, cause: 'silence' }, at + LEASE_MS + REVIVE_MS);
  if (draw < 0.54) return ended({ ...PLAIN, at, cause: 'takeover' }, at + random.int(1_000, LEASE_MS));
  if (draw < 0.6 && agent !== null) return ended({ ...PLAIN, at, cause: 'order', orderedAt: at });
  if (draw < 0.61) return { end: null, endsPlayAt: at, noticedAt: null };
  return ended({ ...PLAIN, at, cause: 'closed' });
}

/** Play that an order did not end, told once an interval; of some who slept over it, again when the day has long closed. */
function goOn(random: Random, { at, orderedAt, overrunMs }: End): readonly Overrun[] {
  if (orderedAt === null) return [];
  const overruns: Overrun[] = [];
  const tell = (from: number, count: number) => {
    for (let told = 1; told <= count; told++) {
      const before = overruns.at(-1)?.overrunMs ?? overrunMs;
      overruns.push({ at: from + told * INTERVAL_MS, overrunMs: before + INTERVAL_MS });
    }
  };
  tell(orderedAt, random.int(1, 4));
  const closesAt = startOfDate(dateOf(at)) + DAY_MS + GRACE_MS;
  // The first of these is told at the very instant at which the day closes, and counts.
  if (random.chance(0.3)) tell(closesAt - INTERVAL_MS, random.int(1, 3));
  return overruns;
}

/** Most confirm at once, some say nonsense of when they stopped, some say nothing, some only after the day has closed. */
function closeOf(
  random: Random,
  end: End,
  { noticedAt, wentOn }: { readonly noticedAt: number | null; readonly wentOn: Overrun | null },
): Close | null {
  if (end.cause === 'closed')
    return { at: end.at, reason: 'quit', clientEndedAt: null, verdictSeq: null, overrunMs: 0 };
  if (noticedAt !== null) {
    if (!random.chance(0.2)) return null;
    const at = noticedAt + random.int(1_000, 5 * MINUTE_MS);
    return { at, reason: 'error', clientEndedAt: null, verdictSeq: null, overrunMs: 0 };
  }
  if (wentOn !== null) return closeAfter(random, wentOn);
  const draw = random.next();
  if (draw < 0.05) return null;
  const orderedAt = end.orderedAt ?? end.at;
  const lagMs = random.int(0, 20_000);
  const lateMs = draw < 0.1 ? random.int(4 * 60, 30 * 60) * MINUTE_MS : random.int(0, 5_000);
  const at = orderedAt + lagMs + lateMs;
  const told = draw < 0.15 ? null : draw < 0.2 ? end.at - random.int(1, 600_000) : orderedAt + lagMs;
  return {
    at,
    reason: 'limit',
    clientEndedAt: draw > 0.97 ? at + random.int(1, 600_000) : told,
    verdictSeq: draw > 0.2 && draw < 0.25 ? null : random.int(0, 90),
    overrunMs: end.overrunMs + (end.limitAt === null ? 0 : lagMs),
  };
}

/** Half of those who went on never say that they stopped. */
function closeAfter(random: Random, { at, overrunMs }: Overrun): Close | null {
  if (random.chance(0.5)) return null;
  const lagMs = random.int(0, INTERVAL_MS - 1);
  const stoppedAt = at + lagMs;
  return { at: stoppedAt, reason: 'limit', clientEndedAt: stoppedAt, verdictSeq: 90, overrunMs: overrunMs + lagMs };
}
