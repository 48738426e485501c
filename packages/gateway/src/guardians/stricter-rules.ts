// The stricter of two guardians' rules, limit by limit: never looser than either. Pure.
import { limits } from '@playgate/contract';
import {
  type Bedtime,
  DAY_MS,
  type GuardianRules,
  type Instant,
  MINUTE_MS,
  minutesOfWallTime,
  WEEKDAYS,
} from '@playgate/policy';

const DAY_MINUTES = DAY_MS / MINUTE_MS;
const WEEK_MINUTES = WEEKDAYS.length * DAY_MINUTES;

/** `now`: a pause that is over counts for nothing. */
export function stricterRules(left: GuardianRules, right: GuardianRules, now: Instant): GuardianRules {
  return {
    gameLimitMs: lowest(left.gameLimitMs, right.gameLimitMs),
    dayLimitMs: lowest(left.dayLimitMs, right.dayLimitMs),
    bedtimes: uniteBedtimes([...left.bedtimes, ...right.bedtimes]),
    pause: longest(standing(left.pause, now), standing(right.pause, now)),
  };
}

type Pause = GuardianRules['pause'];

function lowest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}

function standing(pause: Pause, now: Instant): Pause {
  return pause !== null && pause.untilAt !== null && pause.untilAt <= now ? null : pause;
}

function longest(left: Pause, right: Pause): Pause {
  if (left === null || right === null) return left ?? right;
  if (left.untilAt === null || right.untilAt === null) return { untilAt: null };
  return { untilAt: Math.max(left.untilAt, right.untilAt) };
}

/** All of them where they fit; else the bedtimes of the week without overlaps, the shortest wakings closed until they fit. */
function uniteBedtimes(bedtimes: readonly Bedtime[]): readonly Bedtime[] {
  const distinct = [...new Map(bedtimes.map((bedtime) => [JSON.stringify(bedtime), bedtime])).values()];
  if (distinct.length <= limits.BEDTIMES_MAX) return distinct;
  let spans = mergeSpans(distinct.flatMap(spansOf));
  for (;;) {
    const united = groupByTime(spans);
    if (united.length <= limits.BEDTIMES_MAX) return united;
    spans = closeShortestGap(spans);
  }
}

/** Minutes of the week, `to` exclusive; within one week. */
interface Span {
  readonly from: number;
  readonly to: number;
}

function spansOf({ days, from, to }: Bedtime): Span[] {
  return days.flatMap((day) => {
    const startsAt = WEEKDAYS.indexOf(day) * DAY_MINUTES + minutesOfWallTime(from);
    const lastsMinutes = (minutesOfWallTime(to) - minutesOfWallTime(from) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
    const endsAt = startsAt + lastsMinutes;
    if (endsAt <= WEEK_MINUTES) return [{ from: startsAt, to: endsAt }];
    return [
      { from: startsAt, to: WEEK_MINUTES },
      { from: 0, to: endsAt - WEEK_MINUTES },
    ];
  });
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((left, right) => left.from - right.from)) {
    const last = merged.at(-1);
    if (last === undefined || span.from > last.to) merged.push(span);
    else merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return merged;
}

function closeShortestGap(spans: readonly Span[]): Span[] {
  const gaps = spans.slice(1).map((span, index) => span.from - spans[index]!.to);
  const at = gaps.indexOf(Math.min(...gaps));
  const bridge = { from: spans[at]!.from, to: spans[at + 1]!.to };
  return [...spans.slice(0, at), bridge, ...spans.slice(at + 2)];
}

/** Spans are cut at midnight, and equal times of several days make one bedtime. */
function groupByTime(spans: readonly Span[]): Bedtime[] {
  const daysByTime = new Map<string, Bedtime['days'][number][]>();
  for (const [index, day] of WEEKDAYS.entries()) {
    const startsAt = index * DAY_MINUTES;
    for (const span of spans) {
      const from = Math.max(span.from - startsAt, 0);
      const to = Math.min(span.to - startsAt, DAY_MINUTES);
      if (from >= to) continue;
      const time = `${wallTimeOf(from)} ${wallTimeOf(to)}`;
      daysByTime.set(time, [...(daysByTime.get(time) ?? []), day]);
    }
  }
  return [...daysByTime].map(([time, days]) => {
    const [from = '', to = ''] = time.split(' ');
    return { days, from, to };
  });
}

function wallTimeOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
