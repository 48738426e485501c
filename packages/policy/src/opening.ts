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
import { type CalendarDate, DAY_MS, type Instant, SEARCH_DAYS_MAX, type WallTime } from './time.ts';
import { dayOf, dayOfDate, instantOfWallTime } from './zone.ts';

export interface OpeningHours {
  readonly opensAt: WallTime;
  readonly closesAt: WallTime;
}

/** A window and why play is refused outside of it (`allow`) or in it (`forbid`). */
export type OpeningWindow = Pick<Window, 'id' | 'days' | 'effect' | 'from' | 'to'> & { readonly reason: RefusalReason };

/** What binds one player at one place. */
export interface OpeningRules {
  readonly zone: string;
  readonly calendar: Calendar | null;
  readonly windows: readonly OpeningWindow[];
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

const AGENT_HOURS_RULE: StopRule = { id: 'agent_hours', reason: 'agent_closed' };

/** Which of the rules a span is of, by its place there. */
interface Span extends Interval {
  readonly index: number;
}

interface Spans {
  readonly windows: readonly Span[];
  readonly hours: readonly Span[];
}

/** Made for one question; keeps the spans of the days it looked at. */
export class Opening {
  readonly #rules: OpeningRules;
  readonly #isAlwaysOpen: boolean;
  readonly #allowWindow: OpeningWindow | undefined;
  readonly #spansByDate = new Map<CalendarDate, Spans>();

  constructor(rules: OpeningRules) {
    this.#rules = rules;
    this.#isAlwaysOpen = rules.windows.length === 0 && rules.hours.length === 0;
    this.#allowWindow = rules.windows.find(({ effect }) => effect === 'allow');
  }

  /** The rule that closes play at an instant, or null while it is open. */
  findClosingRule(at: Instant): StopRule | null {
    return this.#isAlwaysOpen ? null : this.#ruleAt(at, this.#spansTouching(dayOf(this.#rules.zone, at).date));
  }

  /** The first instant after `at` at which play is closed; null where that is not within the days searched. */
  findClosingAt(at: Instant): Instant | null {
    return this.#findEdge(at, (rule, edge) => edge > at && rule !== null);
  }

  /** The first instant from `fromAt` on at which play opens for long enough to start; null: not within the days searched. */
  findOpeningAt(fromAt: Instant): Instant | null {
    let at: Instant | null = fromAt;
    while (at !== null && at - fromAt < SEARCH_DAYS_MAX * DAY_MS) {
      const opensAt = this.findClosingRule(at) === null ? at : this.#findEdge(at, (rule) => rule === null);
      if (opensAt === null) return null;
      const closesAt = this.findClosingAt(opensAt);
      if (closesAt === null || closesAt - opensAt >= this.#rules.stretchMsMin) return opensAt;
      at = closesAt;
    }
    return null;
  }

  #findEdge(fromAt: Instant, isWanted: (rule: StopRule | null, edge: Instant) => boolean): Instant | null {
    if (this.#isAlwaysOpen) return null;
    let day = dayOf(this.#rules.zone, fromAt);
    for (let searched = 0; searched <= SEARCH_DAYS_MAX; searched++) {
      const spans = this.#spansTouching(day.date);
      for (const edge of edgesWithin(spans, Math.max(fromAt, day.startsAt), day.endsAt)) {
        if (isWanted(this.#ruleAt(edge, spans), edge)) return edge;
      }
      day = dayOfDate(this.#rules.zone, nextDate(day.date));
    }
    return null;
  }

  #ruleAt(at: Instant, { windows, hours }: Spans): StopRule | null {
    const isOpen = this.#rules.hours.every((_, index) => hours.some((span) => span.index === index && holds(span, at)));
    if (!isOpen) return AGENT_HOURS_RULE;
    const forbidding = windows.find((span) => this.#windowOf(span).effect === 'forbid' && holds(span, at));
    if (forbidding !== undefined) return windowRule(this.#windowOf(forbidding));
    if (this.#allowWindow === undefined) return null;
    const allowing = windows.filter((span) => this.#windowOf(span).effect === 'allow');
    if (allowing.some((span) => holds(span, at))) return null;
    // Told: the window that has just ended, or else the next of the day, or else the first that the policy names.
    const told = allowing.find(({ endsAt }) => endsAt === at) ?? allowing.find(({ startsAt }) => startsAt > at);
    return windowRule(told === undefined ? this.#allowWindow : this.#windowOf(told));
  }

  #windowOf({ index }: Span): OpeningWindow {
    return this.#rules.windows[index]!;
  }

  /** The spans that can touch a day: those that start on it, and those of the day before that run over midnight. */
  #spansTouching(date: CalendarDate): Spans {
    const before = this.#spansOf(previousDate(date));
    const own = this.#spansOf(date);
    return { windows: [...before.windows, ...own.windows], hours: [...before.hours, ...own.hours] };
  }

  #spansOf(date: CalendarDate): Spans {
    const known = this.#spansByDate.get(date);
    if (known !== undefined) return known;
    const { zone, calendar, windows, hours } = this.#rules;
    const kinds = windows.length === 0 ? [] : dayKindsOf(date, calendar);
    const spans = {
      windows: windows.flatMap((window, index) =>
        window.days.some((kind) => kinds.includes(kind)) ? [spanOf(zone, date, window.from, window.to, index)] : [],
      ),
      hours: hours.map(({ opensAt, closesAt }, index) => spanOf(zone, date, opensAt, closesAt, index)),
    };
    this.#spansByDate.set(date, spans);
    return spans;
  }
}

function edgesWithin({ windows, hours }: Spans, fromAt: Instant, toAt: Instant): readonly Instant[] {
  return [...windows, ...hours]
    .flatMap(({ startsAt, endsAt }) => [startsAt, endsAt])
    .filter((edge) => fromAt <= edge && edge < toAt)
    .sort((left, right) => left - right);
}

function windowRule({ id, reason }: OpeningWindow): StopRule {
  return { id, reason };
}

function holds({ startsAt, endsAt }: Interval, at: Instant): boolean {
  return startsAt <= at && at < endsAt;
}

function spanOf(zone: string, date: CalendarDate, from: WallTime, to: WallTime, index: number): Span {
  const startsAt = instantOfWallTime(zone, date, from);
  return { startsAt, endsAt: instantOfWallTime(zone, to <= from ? nextDate(date) : date, to), index };
}
