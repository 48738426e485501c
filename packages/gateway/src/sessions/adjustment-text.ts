// A day's adjustment as a short text of a session context: `20261014*-c8w,-c8w,0,0,0`, the date, then in ms in base 36 what was
// mended of the game's and the provider's account, what was corrected of each, and the bonus. The empty text: none.
import type { DayAdjustment } from '@playgate/policy';

const BASE = 36;
const TEXT = /^(\d{4})(\d{2})(\d{2})\*(-?[0-9a-z]{1,8}(?:,-?[0-9a-z]{1,8}){4})$/;

export function encodeAdjustment(adjustment: DayAdjustment | null): string {
  if (adjustment === null) return '';
  const { bonusMs, corrected, date, mended } = adjustment;
  const numbers = [mended.game, mended.provider, corrected.game, corrected.provider, bonusMs];
  return `${date.replaceAll('-', '')}*${numbers.map((ms) => ms.toString(BASE)).join(',')}`;
}

/** Throws a TypeError for a text that `encodeAdjustment` did not make. */
export function decodeAdjustment(text: string): DayAdjustment | null {
  if (text === '') return null;
  const [, year, month, day, numbers = ''] = TEXT.exec(text) ?? [];
  if (year === undefined) throw new TypeError('not an adjustment of a session context');
  const [mendedGame, mendedProvider, game, provider, bonusMs] = numbers
    .split(',')
    .map((number) => Number.parseInt(number, BASE)) as [number, number, number, number, number];
  return {
    date: `${year}-${month}-${day}`,
    mended: { game: mendedGame, provider: mendedProvider },
    corrected: { game, provider },
    bonusMs,
  };
}
