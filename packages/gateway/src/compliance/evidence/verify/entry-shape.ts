// What an entry must look like, by its kind: the tables of docs/evidence.md, "An entry". Kinds, sources, modes, bands and the
// like are closed sets of this version of the format; a field that is not in the tables is passed over.
import { ASSURANCES, MODES } from '@playgate/contract';
import { AGE_BANDS, isCalendarDate } from '@playgate/policy';
import { SESSION_PROTOCOLS } from '../../../sessions/session-context.ts';
import { EVENT_SOURCES, type EventKind } from '../../compliance-event.ts';

type Test = (value: unknown) => boolean;
/** A field whose name ends in `?` may be absent. */
type Shape = Readonly<Record<string, Test>>;

const INSTANT = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
/** Base64url of 32 bytes. */
const COMMITMENT = /^[A-Za-z0-9_-]{43}$/;
const WALL_TIME = '(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)';
const HOURS = new RegExp(`^${WALL_TIME}-${WALL_TIME}$`);

const isText: Test = (value) => typeof value === 'string' && value !== '';
const isWhole: Test = (value) => Number.isSafeInteger(value);
const isCount: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const matching =
  (pattern: RegExp): Test =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const oneOf =
  (words: readonly string[]): Test =>
  (value) =>
    words.includes(value as string);
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
const of =
  (shape: Shape): Test =>
  (value) =>
    isRecord(value) && wrongFieldOf(value, shape) === null;

export const isInstant: Test = (value) =>
  typeof value === 'string' && INSTANT.test(value) && isCalendarDate(value.slice(0, 10));
const isDate: Test = (value) => typeof value === 'string' && isCalendarDate(value);
const isCommitment = matching(COMMITMENT);

const perAccount = (test: Test): Test => of({ game: test, provider: test, agent: test, person: test });
const USED = { 'usedMs?': perAccount(isCount) };
const USED_AND_LIMIT = { ...USED, 'limitMs?': perAccount(orNull(isWhole)) };
const SPAN = { from: isInstant, to: isInstant };

const DATA: Readonly<Record<EventKind, Shape>> = {
  opened: USED_AND_LIMIT,
  denied: { reason: isText, ...USED },
  play: { ...SPAN, leasedMs: isCount },
  merged: { ...SPAN, previous: isCommitment },
  gap: SPAN,
  paused: {},
  resumed: {},
  warned: { leftMs: isWhole },
  ended: {
    cause: isText,
    'reason?': isText,
    'by?': isText,
    limitAt: orNull(isInstant),
    orderedAt: orNull(isInstant),
    ...USED_AND_LIMIT,
    overrunMs: isCount,
    gaps: isCount,
  },
  overrun: { overrunMs: isCount },
  closed: { reason: isText, clientEndedAt: orNull(isInstant), verdictSeq: orNull(isCount), overrunMs: isCount },
  corrected: {
    correctionId: isText,
    'game?': isText,
    deltaMs: isWhole,
    'bonusMs?': isWhole,
    author: isText,
    reasonHash: isText,
    'undoes?': isText,
  },
  unreadable: { fieldsHash: isText },
};

const HEAD: Shape = {
  seq: isCount,
  entry: isText,
  kind: oneOf(Object.keys(DATA)),
  at: isInstant,
  date: isDate,
  source: oneOf(EVENT_SOURCES),
  data: isRecord,
  'session?': isText,
  'game?': isText,
  'agent?': isText,
  'province?': isText,
  'station?': isText,
  'hours?': matching(HOURS),
  'band?': oneOf(AGE_BANDS),
  'assurance?': oneOf(ASSURANCES),
  'protocol?': oneOf(SESSION_PROTOCOLS),
  'policy?': of({ id: isText, version: isWhole, 'hash?': isText }),
};

const SUBJECT: Shape = { mode: oneOf(MODES), provider: isText, person: isCommitment, player: isCommitment };
const optional = (shape: Shape): Shape =>
  Object.fromEntries(Object.entries(shape).map(([name, test]) => [`${name}?`, test]));
const SUBJECT_OF_UNREADABLE = optional(SUBJECT);

/** Path of a field that is missing or is not what it has to be; null: the entry is well-formed. */
export function wrongFieldOfEntry(entry: unknown): string | null {
  if (!isRecord(entry)) return 'entry';
  const kind = entry.kind as EventKind;
  const wrong =
    wrongFieldOf(entry, HEAD) ?? wrongFieldOf(entry, kind === 'unreadable' ? SUBJECT_OF_UNREADABLE : SUBJECT);
  if (wrong !== null) return wrong;
  const data = entry.data as Readonly<Record<string, unknown>>;
  const wrongInData = wrongFieldOf(data, DATA[kind]);
  if (wrongInData !== null) return `data.${wrongInData}`;
  return typeof data.from === 'string' && data.from > (data.to as string) ? 'data.to' : null;
}

function wrongFieldOf(record: Readonly<Record<string, unknown>>, shape: Shape): string | null {
  for (const [field, test] of Object.entries(shape)) {
    const isOptional = field.endsWith('?');
    const name = isOptional ? field.slice(0, -1) : field;
    const isThere = Object.hasOwn(record, name);
    if (isThere ? !test(record[name]) : !isOptional) return name;
  }
  return null;
}
