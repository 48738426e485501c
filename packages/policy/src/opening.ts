// When time lets a player play: the windows of the policy and the opening hours of the place, on the wall clock of
// the policy's zone. It knows nothing of budgets.
//
// Open or closed can change only at an edge of a span (one window or one opening of one day), so everything here looks
// at the edges of a day in order. A span over midnight belongs to the day it starts on, hence the look at the day before.
import { nextDate, previousDate } from './calendar-date.ts';
import { dayKindsOf } from './day-kinds.ts';
import type { Interval } from './intervals.ts';
import type { Calendar, Window } from './policy-document.ts';
import type { RefusalReason } from './reasons.ts';
import { type CalendarDate, type CalendarDay, DAY_MS, type Instant, SEARCH_DAYS_MAX, type WallTime } from './time.ts';
import { dayOf, dayOfDate, instantOfWallTime } from './zone.ts';

export interface OpeningHours {
  readonly opensAt: WallTime;
  readonly closesAt: WallTime;
}

/** What binds one player at one place. */
export interface OpeningRules {
  readonly zone: string;
  readonly calendar: Calendar | null;
  readonly windows: readonly Window[];
  /** Play needs every one of them to be open. */
  readonly hours: readonly OpeningHours[];
  /** Stretches of play shorter than this are not worth opening. */
  readonly stretchMsMin: number;
}

/** The rule that stops play at an instant, or refuses it. */
export interface StopRule {
  readonly id: string;
  readonly reason: RefusalReason;
}

export const AGENT_HOURS_RULE: StopRule = { id: 'agent_hours', reason: 'agent_closed' };

interface WindowSpan extends Interval {
  readonly window: Window;
}

interface DaySpans {
  readonly windows: readonly WindowSpan[];
  /** One list for each of the rules' hours. */
  readonly hours: readonly (readonly Interval[])[];
}

/** The rule that closes play at an instant, or null while it is open. */
export function findClosingRule(rules: OpeningRules, at: Instant): StopRule | null {
  return isAlwaysOpen(rules) ? null : closingRuleOf(rules, spansOf(rules, dayOf(rules.zone, at)), at);
}

/** The first instant after `at` at which play is closed; null where that is not within the days searched. */
export function findClosingAt(rules: OpeningRules, at: Instant): Instant | null {
  return findEdge(rules, at, (rule, edge) => edge > at && rule !== null);
}

/** The first instant from `fromAt` on at which play opens for long enough to start; null: not within the days searched. */
export function findOpeningAt(rules: OpeningRules, fromAt: Instant): Instant | null {
  let at: Instant | null = fromAt;
  while (at !== null && at - fromAt < SEARCH_DAYS_MAX * DAY_MS) {
    const opensAt = findClosingRule(rules, at) === null ? at : findEdge(rules, at, (rule) => rule === null);
    if (opensAt === null) return null;
    const closesAt = findClosingAt(rules, opensAt);
    if (closesAt === null || closesAt - opensAt >= rules.stretchMsMin) return opensAt;
    at = closesAt;
  }
  return null;
}

function isAlwaysOpen({ windows, hours }: OpeningRules): boolean {
  return windows.length === 0 && hours.length === 0;
}

function findEdge(
  rules: OpeningRules,
  fromAt: Instant,
  isWanted: (rule: StopRule | null, edge: Instant) => boolean,
): Instant | null {
  if (isAlwaysOpen(rules)) return null;
  let day = dayOf(rules.zone, fromAt);
  for (let searched = 0; searched <= SEARCH_DAYS_MAX; searched++) {
    const spans = spansOf(rules, day);
    for (const edge of edgesWithin(spans, Math.max(fromAt, day.startsAt), day.endsAt)) {
      if (isWanted(closingRuleOf(rules, spans, edge), edge)) return edge;
    }
    day = dayOfDate(rules.zone, nextDate(day.date));
  }
  return null;
}

function edgesWithin(spans: DaySpans, fromAt: Instant, toAt: Instant): readonly Instant[] {
  const edges = [...spans.windows, ...spans.hours.flat()].flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]);
  return [...new Set(edges)].filter((edge) => fromAt <= edge && edge < toAt).sort((left, right) => left - right);
}

function closingRuleOf(rules: OpeningRules, spans: DaySpans, at: Instant): StopRule | null {
  if (!spans.hours.every((openings) => openings.some((opening) => holds(opening, at)))) return AGENT_HOURS_RULE;
  const forbidding = spans.windows.find((span) => span.window.effect === 'forbid' && holds(span, at));
  if (forbidding !== undefined) return windowRule(forbidding.window);
  const allowing = spans.windows.filter(({ window }) => isAllowWindow(window));
  if (!rules.windows.some(isAllowWindow) || allowing.some((span) => holds(span, at))) return null;
  // Told: the window that has just ended, or else the next of the day, or else the first that the policy names.
  const told = allowing.find(({ endsAt }) => endsAt === at) ?? allowing.find(({ startsAt }) => startsAt > at);
  return windowRule(told?.window ?? rules.windows.find(isAllowWindow)!);
}

function isAllowWindow({ effect }: Window): boolean {
  return effect === 'allow';
}

function windowRule(window: Window): StopRule {
  return { id: window.id, reason: 'outside_window' };
}

function holds({ startsAt, endsAt }: Interval, at: Instant): boolean {
  return startsAt <= at && at < endsAt;
}

/** The spans that can touch a day: those that start on it, and those of the day before that run over midnight. */
function spansOf(rules: OpeningRules, day: CalendarDay): DaySpans {
  const { zone, calendar } = rules;
  const dates = [previousDate(day.date), day.date].map((date) => ({ date, kinds: dayKindsOf(date, calendar) }));
  const windows = dates.flatMap(({ date, kinds }) =>
    rules.windows
      .filter((window) => window.days.some((kind) => kinds.includes(kind)))
      .map((window) => ({ window, ...spanOf(zone, date, window.from, window.to) })),
  );
  const hours = rules.hours.map(({ opensAt, closesAt }) =>
    dates.map(({ date }) => spanOf(zone, date, opensAt, closesAt)),
  );
  return { windows, hours };
}

function spanOf(zone: string, date: CalendarDate, from: WallTime, to: WallTime): Interval {
  return {
    startsAt: instantOfWallTime(zone, date, from),
    endsAt: instantOfWallTime(zone, to <= from ? nextDate(date) : date, to),
  };
}
