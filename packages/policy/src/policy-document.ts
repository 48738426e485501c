// The policy document: one dated, versioned set of rules of one jurisdiction, as plain JSON.
// It knows nothing of players or of the time; resolve-allowance.ts applies it.
import type { AgeBand, BudgetScope, Rating } from './reasons.ts';
import type { CalendarDate, WallTime } from './time.ts';

/** Where a figure comes from and whether somebody read the text itself. */
export interface Sourced {
  /** Article and act, for example `Decree 147/2024 art. 39.1(e)`. */
  readonly cite: string;
  /** False: not read in the act itself; shown so to every reader. */
  readonly verified: boolean;
}

export interface Budget extends Sourced {
  readonly id: string;
  readonly scope: BudgetScope;
  readonly period: 'calendar_day';
  /** 1 to 86,400,000 ms. */
  readonly limitMs: number;
}

export const DAY_KINDS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'holiday', 'workday'] as const;
export type DayKind = (typeof DAY_KINDS)[number];

/**
 * Wall-clock time in which play is allowed or forbidden. Where a document has any `allow` window, play is
 * possible only inside one of them. `to` at or before `from` runs over midnight; the day named is that of `from`.
 */
export interface Window extends Sourced {
  readonly id: string;
  readonly days: readonly DayKind[];
  readonly from: WallTime;
  readonly to: WallTime;
  readonly effect: 'allow' | 'forbid';
}

/** `holiday`: the date matches only `holiday` and its weekday; `workday`: a make-up working day. */
export type CalendarMark = 'holiday' | 'workday';

export interface Calendar extends Sourced {
  /** By year (`"2026"`), the marked dates. A year that is missing restricts and raises an alarm. */
  readonly years: Readonly<Record<string, Readonly<Record<CalendarDate, CalendarMark>>>>;
  /** What a make-up working day matches: `workday` only (`restrict`), or its weekday too (`as_weekday`). */
  readonly makeUpWorkdays: 'restrict' | 'as_weekday';
}

export interface AgeBandRange {
  readonly id: AgeBand;
  readonly fromAge: number;
  /** Exclusive; null for the last band. */
  readonly belowAge: number | null;
}

/** Which ways of verification a policy trusts. */
export interface MethodRules {
  /** Methods that suffice (`attested`, `oidc`, ...), in the order in which to offer them; others count for nothing. */
  readonly accepted: readonly string[];
  /** How many different ones of them must have been used and agree. */
  readonly required: 1 | 2;
}

export interface IdentityRules extends Sourced {
  readonly verifiedRequired: boolean;
  /** Absent: any method suffices. */
  readonly methods?: MethodRules;
  /** The verified number a player must have: calling code and the pattern of a mobile number (E.164). Null: none needed. */
  readonly phone: { readonly country: string; readonly pattern: string } | null;
  /** Age in years below which a guardian must have registered the player; null: never. */
  readonly guardianRequiredBelow: number | null;
  readonly guest: 'deny' | 'play';
  /** What a player gets whose first verification is under way: nothing, or the strictest band's rules for a while. */
  readonly onPending: 'deny' | 'play';
  /** The same while the source of a first verification does not answer. */
  readonly onOutage: 'deny' | 'play';
  /** What a player of unknown age gets: nothing, or the strictest band's rules. */
  readonly unknownAge: 'deny' | 'strictest';
}

export type LocalizedText = Readonly<Record<'vi' | 'en', string>>;

export interface Notice extends Sourced {
  readonly id: string;
  readonly everyMs: number;
  readonly text: LocalizedText;
  readonly audience: 'all' | 'minors';
}

export interface HeartbeatRules {
  /** Pace asked of clients. */
  readonly intervalMs: number;
  /** A gap up to this long counts whole; `intervalMs <= leaseMs`. */
  readonly leaseMs: number;
  /** How long after the lease ran out a silent session may still come back. */
  readonly reviveMs: number;
}

export interface SpendCap extends Sourced {
  readonly fromAge: number;
  readonly belowAge: number;
  readonly currency: string;
  readonly perPayment: number;
  readonly perMonth: number;
}

/**
 * Kinds of data that are kept for a time. `evidence`: events and what is made of them; `identity`: who a player is;
 * `access_log`: what regulators read; `staff_notes`: what staff of an agent wrote; the others are of use for hours or days.
 */
export const RETENTION_CLASSES = [
  'evidence',
  'identity',
  'access_log',
  'staff_notes',
  'sign_ins',
  'pending_verifications',
  'idempotency_keys',
] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

export interface Retention extends Sourced {
  readonly dataClass: RetentionClass;
  readonly keepDays: number;
  /** When the days start: at the event, or at the end of use of the account. */
  readonly from: 'event' | 'end_of_use';
}

/** What the acts say beyond the figures above, for readers; nothing is computed from it. */
export interface Reference extends Sourced {
  readonly topic: string;
  readonly text: string;
}

/** The words of a citation for readers of each language; `cite` is the citation as the rules of the document have it. */
export interface Citation {
  readonly cite: string;
  readonly text: LocalizedText;
}

export interface PolicyDocument {
  readonly id: string;
  /** 1, 2, ...; a higher version supersedes a lower one from its `effectiveFrom` on. */
  readonly version: number;
  readonly title: string;
  readonly jurisdiction: string;
  readonly effectiveFrom: CalendarDate;
  /** Last day in force; null: no end. */
  readonly effectiveTo: CalendarDate | null;
  /** IANA zone whose calendar days and wall clock the rules mean. */
  readonly zone: string;
  /** Age in years; must be an edge of `bands`. */
  readonly minorBelow: number;
  readonly bands: readonly AgeBandRange[];
  readonly budgets: readonly Budget[];
  readonly windows: readonly Window[];
  readonly calendar: Calendar | null;
  readonly identity: IdentityRules;
  /** Least age in years per rating. */
  readonly ratings: Readonly<Record<Rating, number>>;
  readonly notices: readonly Notice[];
  /** Time left at which a warning is due, longest first. */
  readonly warningsMs: readonly number[];
  /** Several sessions of one person at once: counted as a union, second refused, or first ended. */
  readonly concurrency: 'union' | 'forbid' | 'takeover';
  /** A start with less time left than this is refused with `too_little_left`. */
  readonly minStartMs: number;
  readonly heartbeat: HeartbeatRules;
  /** Default opening hours of game service points, for players of every age; null: no rule. */
  readonly agent: (Sourced & { readonly opensAt: WallTime; readonly closesAt: WallTime }) | null;
  readonly spendCaps: readonly SpendCap[];
  readonly retention: readonly Retention[];
  readonly references: readonly Reference[];
  /** Absent: its citations read the same in every language, but for those that ship with the packs. */
  readonly citations?: readonly Citation[];
}

/** A loaded document with the SHA-256 (hex) of its canonical JSON. */
export interface Policy {
  readonly document: PolicyDocument;
  readonly hash: string;
}
