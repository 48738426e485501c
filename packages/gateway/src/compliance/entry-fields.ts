// Reading the flat text of an entry, strictly: what is not as it should be makes the whole entry unreadable.
import { type CalendarDate, formatInstant, type Instant, isCalendarDate, LEDGER_SCOPES } from '@playgate/policy';
import type { LimitByScopeMs, UsedByScopeMs } from './compliance-event.ts';

export type Fields = Readonly<Record<string, string>>;

/** The entry cannot be understood; the message says which field, never its value. */
export class EntryUnreadableError extends Error {
  override readonly name = 'EntryUnreadableError';
}

const WHOLE = /^-?\d{1,16}$/;
const CODE = /^[a-z][a-z0-9_]{0,63}$/;
/** What an id looks like, and no text that a person wrote. */
export const ID = /^[A-Za-z0-9_:.-]{1,128}$/;
/** Farther is no instant that can be written down (RFC 3339 has four digits for a year). */
const INSTANT_MAX: Instant = Date.UTC(9999, 11, 31);
/** What a script writes for an instant or limit that there is not. */
const NONE = -1;
/** Told instead of a word that nobody agreed on. */
const OTHER = 'other';

function fail(name: string): never {
  throw new EntryUnreadableError(`field ${name}`);
}

export function textIn(fields: Fields, name: string): string {
  return fields[name] || fail(name);
}

export function optionalText(fields: Fields, name: string): string | null {
  return fields[name] || null;
}

/** An identifier of ours; anything else, as text that a person wrote, is refused. */
export function idIn(fields: Fields, name: string): string {
  const text = textIn(fields, name);
  return ID.test(text) ? text : fail(name);
}

export function optionalId(fields: Fields, name: string): string | null {
  return fields[name] ? idIn(fields, name) : null;
}

/** A lower_snake word; what is none becomes `other`, for it may be text that a person wrote. */
export function codeIn(fields: Fields, name: string): string {
  const text = fields[name] ?? '';
  return CODE.test(text) ? text : OTHER;
}

export function wholeIn(fields: Fields, name: string): number {
  const text = fields[name] ?? '';
  return WHOLE.test(text) ? Number(text) : fail(name);
}

/** Null: the field is not there, as in entries of before it was written. */
export function optionalWhole(fields: Fields, name: string): number | null {
  return fields[name] === undefined ? null : wholeIn(fields, name);
}

export function instantIn(fields: Fields, name: string): Instant {
  const at = wholeIn(fields, name);
  return at >= 0 && at <= INSTANT_MAX ? at : fail(name);
}

/** RFC 3339, or null for none. */
export function optionalInstant(fields: Fields, name: string): string | null {
  const at = optionalWhole(fields, name);
  return at === null || at === NONE ? null : formatInstant(instantIn(fields, name));
}

export function dateIn(fields: Fields, name: string): CalendarDate {
  const text = fields[name] ?? '';
  return isCalendarDate(text) ? text : fail(name);
}

/** Half-open, `from` before `to`. */
export function intervalIn(fields: Fields): { readonly startsAt: Instant; readonly endsAt: Instant } {
  const [startsAt, endsAt] = [instantIn(fields, 'from'), instantIn(fields, 'to')];
  return startsAt <= endsAt ? { startsAt, endsAt } : fail('to');
}

/** `g,p,a,x` in the order of LEDGER_SCOPES; absent: undefined. */
export function usedIn(fields: Fields): UsedByScopeMs | undefined {
  const numbers = scopesIn(fields, 'used');
  return numbers === undefined || numbers.some((ms) => ms < 0) ? undefined : byScope(numbers);
}

export function limitsIn(fields: Fields): LimitByScopeMs | undefined {
  return byScope(scopesIn(fields, 'limits')?.map((ms) => (ms === NONE ? null : ms)));
}

function scopesIn(fields: Fields, name: string): readonly number[] | undefined {
  const text = fields[name];
  if (!text) return undefined;
  const numbers = text.split(',');
  if (numbers.length !== LEDGER_SCOPES.length || !numbers.every((number) => WHOLE.test(number))) fail(name);
  return numbers.map(Number);
}

function byScope<Value>(values: readonly Value[]): Record<(typeof LEDGER_SCOPES)[number], Value>;
function byScope<Value>(
  values: readonly Value[] | undefined,
): Record<(typeof LEDGER_SCOPES)[number], Value> | undefined;
function byScope<Value>(values: readonly Value[] | undefined) {
  if (values === undefined) return undefined;
  const [game, provider, agent, person] = values as readonly [Value, Value, Value, Value];
  return { game, provider, agent, person };
}
