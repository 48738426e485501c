// The parts of a policy document, as data: what each field may hold.
import { isCalendarDate } from './calendar-date.ts';
import {
  type AgeBandRange,
  type Budget,
  type Calendar,
  type Citation,
  DAY_KINDS,
  type HeartbeatRules,
  type IdentityRules,
  type LocalizedText,
  type MethodRules,
  type Notice,
  type PolicyDocument,
  RETENTION_CLASSES,
  type Reference,
  type Retention,
  type SpendCap,
  type Window,
} from './policy-document.ts';
import { boolean, integer, listOf, mapOf, nullable, object, oneOf, oneOfNumbers, textMatching } from './read-fields.ts';
import { AGE_BANDS, BUDGET_SCOPES, RATINGS } from './reasons.ts';
import { DAY_MS, HOUR_MS, isWallTime } from './time.ts';

const AGE_MAX = 150;
/** Of any list of a document: far more than a law says, far less than would slow a start. */
export const ITEMS_MAX = 64;
/** Ten years of dates with room; a calendar is loaded whole. */
const CALENDAR_YEARS_MAX = 30;
const CALENDAR_DATES_MAX = 366;
const PATTERN_MAX = 200;
/** Shorter ones would cost more than they tell. */
const INTERVAL_MS_MIN = 1_000;
const INTERVAL_MS_MAX = HOUR_MS;
/** An unanswered client may go on this long at most; also what one lost heartbeat can cost a player. */
const LEASE_MS_MAX = 2 * HOUR_MS;
const KEEP_DAYS_MAX = 36_500;
/** Acts can be sanctioned for a year (Decree 174/2026/ND-CP art. 4.5), and a month is given for room. */
const EVIDENCE_KEEP_DAYS_MIN = 400;
/** Six months after use, however they fall (Circular 24/2014/TT-BTTTT art. 6.2; not checked to be in force). Only in Vietnam: elsewhere less may be the law. */
const IDENTITY_KEEP_DAYS_MIN_VN = 184;
const AMOUNT_MAX = 1_000_000_000;
const WORD_LENGTH_MAX = 32;

export const id = textMatching(64, 'an id of lower-case letters, digits, - and _', (text) =>
  /^[a-z0-9][a-z0-9_-]*$/.test(text),
);
export const prose = textMatching(1_000, 'a text that is not empty', (text) => text.trim() !== '');
export const date = textMatching(10, 'a date YYYY-MM-DD that exists', isCalendarDate);
/** `24:00` is an end, not a start: as a start it would mean the next day. */
const startTime = textMatching(5, 'a time HH:MM from 00:00 to 23:59', (text) => isWallTime(text) && text !== '24:00');
const wallTime = textMatching(5, 'a time HH:MM from 00:00 to 24:00', isWallTime);
export const age = integer(0, AGE_MAX);
const durationMs = integer(1, DAY_MS);
const sourced = { cite: prose, verified: boolean };

function hasDuplicates(values: readonly unknown[]): boolean {
  return new Set(values).size < values.length;
}

export function uniqueIds(items: readonly { readonly id: string }[]): string | null {
  return hasDuplicates(items.map((item) => item.id)) ? 'must have different ids' : null;
}

export const bands = listOf<AgeBandRange>(
  object<AgeBandRange>({ id: oneOf(AGE_BANDS), fromAge: age, belowAge: nullable(age) }),
  AGE_BANDS.length,
  AGE_BANDS.length,
  (items) => {
    const isOrdered = items.every((band, index) => {
      const before = items[index - 1];
      const startsRight = band.fromAge === (before === undefined ? 0 : before.belowAge);
      const isLast = index === items.length - 1;
      return (
        band.id === AGE_BANDS[index] &&
        startsRight &&
        (band.belowAge === null ? isLast : band.fromAge < band.belowAge && !isLast)
      );
    });
    return isOrdered
      ? null
      : `must be ${AGE_BANDS.join(', ')}, in this order, from age 0 on without gap or overlap, the last one open`;
  },
);

export const budget = object<Budget>({
  id,
  scope: oneOf(BUDGET_SCOPES),
  period: oneOf(['calendar_day']),
  limitMs: durationMs,
  ...sourced,
});

export const window = object<Window>({
  id,
  days: listOf(oneOf(DAY_KINDS), 1, DAY_KINDS.length, (days) => (hasDuplicates(days) ? 'must be different' : null)),
  from: startTime,
  to: wallTime,
  effect: oneOf(['allow', 'forbid']),
  ...sourced,
});

export const calendar = object<Calendar>(
  {
    years: mapOf(
      mapOf(oneOf(['holiday', 'workday']), CALENDAR_DATES_MAX, (key) =>
        isCalendarDate(key) ? null : 'must be a date YYYY-MM-DD that exists',
      ),
      CALENDAR_YEARS_MAX,
      (key) => (/^\d{4}$/.test(key) ? null : 'must be a year YYYY'),
    ),
    makeUpWorkdays: oneOf(['restrict', 'as_weekday']),
    ...sourced,
  },
  [
    {
      path: 'years',
      needs: ['years'],
      findProblem: ({ years }) =>
        Object.entries(years).every(([year, dates]) => Object.keys(dates).every((key) => key.startsWith(`${year}-`)))
          ? null
          : 'must hold each date under its own year',
    },
  ],
);

const phone = object<NonNullable<IdentityRules['phone']>>({
  country: textMatching(4, 'a calling code such as +84', (text) => /^\+[1-9]\d{0,2}$/.test(text)),
  pattern: textMatching(PATTERN_MAX, 'a regular expression from ^ to $', isWholePattern),
});

const method = textMatching(WORD_LENGTH_MAX, 'a lower_snake word', (text) => /^[a-z][a-z0-9_]*$/.test(text));

const methods = object<MethodRules>(
  {
    accepted: listOf(method, 1, ITEMS_MAX, (names) => (hasDuplicates(names) ? 'must be different' : null)),
    required: oneOfNumbers([1, 2]),
  },
  [
    {
      path: 'required',
      needs: ['accepted', 'required'],
      findProblem: ({ accepted, required }) =>
        required > accepted.length ? 'must not be above the number of accepted methods' : null,
    },
  ],
);

export const identity = object<IdentityRules>(
  {
    verifiedRequired: boolean,
    methods,
    phone: nullable(phone),
    guardianRequiredBelow: nullable(age),
    guest: oneOf(['deny', 'play']),
    onPending: oneOf(['deny', 'play']),
    onOutage: oneOf(['deny', 'play']),
    unknownAge: oneOf(['deny', 'strictest']),
    ...sourced,
  },
  [],
  ['methods'],
);

export const ratings = object<PolicyDocument['ratings']>({ '00+': age, '12+': age, '16+': age, '18+': age }, [
  {
    path: '',
    needs: RATINGS,
    findProblem: (ages) =>
      RATINGS.every((rating, index) => index === 0 || ages[RATINGS[index - 1]!] <= ages[rating])
        ? null
        : 'must not ask a lower age for a higher rating',
  },
]);

const localizedText = object<LocalizedText>({ vi: prose, en: prose });

export const notice = object<Notice>({
  id,
  everyMs: durationMs,
  text: localizedText,
  audience: oneOf(['all', 'minors']),
  ...sourced,
});

export const heartbeat = object<HeartbeatRules>(
  {
    intervalMs: integer(INTERVAL_MS_MIN, INTERVAL_MS_MAX),
    leaseMs: integer(INTERVAL_MS_MIN, LEASE_MS_MAX),
    reviveMs: integer(0, DAY_MS),
  },
  [
    {
      path: 'leaseMs',
      needs: ['intervalMs', 'leaseMs'],
      findProblem: ({ intervalMs, leaseMs }) => (leaseMs < intervalMs ? 'must not be below intervalMs' : null),
    },
  ],
);

const spendCap = object<SpendCap>(
  {
    fromAge: age,
    belowAge: age,
    currency: textMatching(3, 'an ISO 4217 code', (text) => /^[A-Z]{3}$/.test(text)),
    perPayment: integer(0, AMOUNT_MAX),
    perMonth: integer(0, AMOUNT_MAX),
    ...sourced,
  },
  [
    {
      path: 'belowAge',
      needs: ['fromAge', 'belowAge'],
      findProblem: ({ fromAge, belowAge }) => (belowAge <= fromAge ? 'must be above fromAge' : null),
    },
    {
      path: 'perPayment',
      needs: ['perPayment', 'perMonth'],
      findProblem: ({ perPayment, perMonth }) => (perPayment > perMonth ? 'must not be above perMonth' : null),
    },
  ],
);

export const spendCaps = listOf(spendCap, 0, ITEMS_MAX, (caps) =>
  caps.every((cap, index) => index === 0 || caps[index - 1]!.belowAge <= cap.fromAge)
    ? null
    : 'must be in order of age without overlap',
);

export const retention = object<Retention>(
  {
    dataClass: oneOf(RETENTION_CLASSES),
    keepDays: integer(1, KEEP_DAYS_MAX),
    from: oneOf(['event', 'end_of_use']),
    ...sourced,
  },
  [
    {
      path: 'keepDays',
      needs: ['dataClass', 'keepDays'],
      findProblem: ({ dataClass, keepDays }) =>
        dataClass === 'evidence' && keepDays < EVIDENCE_KEEP_DAYS_MIN
          ? `of evidence must be at least ${EVIDENCE_KEEP_DAYS_MIN}`
          : null,
    },
  ],
);

/** What the law of a place asks of the whole list; null: nothing is wrong. */
export function findRetentionProblem({ jurisdiction, retention }: PolicyDocument): string | null {
  const isKeptTooShort = retention.some(
    ({ dataClass, from, keepDays }) =>
      dataClass === 'identity' && (from !== 'end_of_use' || keepDays < IDENTITY_KEEP_DAYS_MIN_VN),
  );
  return isVietnam(jurisdiction) && isKeptTooShort
    ? `must keep identity at least ${IDENTITY_KEEP_DAYS_MIN_VN} days from end_of_use in VN`
    : null;
}

const isVietnam = (jurisdiction: string): boolean => jurisdiction === 'VN' || jurisdiction.startsWith('VN-');

export const warningsMs = listOf(durationMs, 0, ITEMS_MAX, (steps) =>
  steps.every((step, index) => index === 0 || step < steps[index - 1]!) ? null : 'must descend',
);

export const agent = object<NonNullable<PolicyDocument['agent']>>({
  opensAt: startTime,
  closesAt: wallTime,
  ...sourced,
});

export const reference = object<Reference>({ topic: id, text: prose, ...sourced });

export const citations = listOf(object<Citation>({ cite: prose, text: localizedText }), 0, ITEMS_MAX, (items) =>
  hasDuplicates(items.map(({ cite }) => cite)) ? 'must cite each source once' : null,
);

/** Unanchored, a pattern would accept a number with anything around it. */
function isWholePattern(text: string): boolean {
  if (!text.startsWith('^') || !text.endsWith('$')) return false;
  try {
    new RegExp(text, 'u');
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
