// Guardian rules as a short text of a session context: `2bs0:;1f*2100-0700;!-`, in order
//   limit per game : limit per day (ms in base 36, empty for none)
//   `;` each bedtime: days as bits in base 36 (Monday is 1), `*`, from, `-`, to
//   `;!` the pause: its end in ms in base 36, or `-` for none told
// The empty text: no rules. The contract bounds the number of bedtimes, hence the length.
import { type Bedtime, type GuardianRules, WEEKDAYS } from '@playgate/policy';

const BASE = 36;
const PAUSE = '!';
const OPEN_END = '-';

export function encodeRules(rules: GuardianRules | null): string {
  if (rules === null) return '';
  const { bedtimes, dayLimitMs, gameLimitMs, pause } = rules;
  if (gameLimitMs === null && dayLimitMs === null && bedtimes.length === 0 && pause === null) return '';
  const parts = [`${encodeNumber(gameLimitMs)}:${encodeNumber(dayLimitMs)}`, ...bedtimes.map(encodeBedtime)];
  if (pause !== null) parts.push(PAUSE + (pause.untilAt === null ? OPEN_END : pause.untilAt.toString(BASE)));
  return parts.join(';');
}

/** Throws a TypeError for a text that `encodeRules` did not make. */
export function decodeRules(text: string): GuardianRules | null {
  if (text === '') return null;
  const [limits = '', ...rest] = text.split(';');
  const [game, day] = limits.split(':');
  const last = rest.at(-1);
  const pause = last?.startsWith(PAUSE) ? last.slice(1) : null;
  const bedtimes = pause === null ? rest : rest.slice(0, -1);
  return {
    gameLimitMs: decodeNumber(game),
    dayLimitMs: decodeNumber(day),
    bedtimes: bedtimes.map(decodeBedtime),
    pause: pause === null ? null : { untilAt: pause === OPEN_END ? null : decodeNumber(pause) },
  };
}

function encodeBedtime({ days, from, to }: Bedtime): string {
  const bits = days.reduce((sum, day) => sum | (1 << WEEKDAYS.indexOf(day)), 0);
  return `${bits.toString(BASE)}*${from.replace(':', '')}-${to.replace(':', '')}`;
}

const BEDTIME = /^([0-9a-z]{1,2})\*(\d\d)(\d\d)-(\d\d)(\d\d)$/;

function decodeBedtime(text: string): Bedtime {
  const match = BEDTIME.exec(text);
  if (match === null) throw new TypeError('not a bedtime of a session context');
  const [, days = '', fromHour, fromMinute, toHour, toMinute] = match;
  const bits = Number.parseInt(days, BASE);
  return {
    days: WEEKDAYS.filter((_, index) => bits & (1 << index)),
    from: `${fromHour}:${fromMinute}`,
    to: `${toHour}:${toMinute}`,
  };
}

const encodeNumber = (value: number | null) => (value === null ? '' : value.toString(BASE));

function decodeNumber(text: string | undefined): number | null {
  if (text === undefined) throw new TypeError('not the rules of a session context');
  if (text === '') return null;
  const value = Number.parseInt(text, BASE);
  if (!Number.isSafeInteger(value)) throw new TypeError('not a number of a session context');
  return value;
}
