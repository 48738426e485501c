// Corrections and grants in words: who, what, why, and what became of them.
import { type AuthKind, MENDS_ERROR_PREFIX } from '@playgate/contract';
import type { LocalizedText } from '@playgate/policy';
import type { StatementFacts, Telling } from './statement-facts.ts';
import { durationText, pick, whenText } from './statement-words.ts';

type Correction = StatementFacts['corrections'][number];

const GAME: LocalizedText = { vi: 'trò chơi', en: 'the game' };
const AUTHORS: Readonly<Record<AuthKind, LocalizedText>> = {
  secret: { vi: 'nhà cung cấp trò chơi', en: 'the provider of the game' },
  guardian: { vi: 'người giám hộ', en: 'the guardian' },
  operator: { vi: 'đơn vị vận hành hệ thống', en: 'the operator of the system' },
  agent: { vi: 'điểm cung cấp dịch vụ trò chơi', en: 'the game service point' },
  regulator: { vi: 'cơ quan quản lý', en: 'the authority' },
  publishable: GAME,
  session: GAME,
  none: { vi: 'hệ thống', en: 'the system' },
};

export function correctionText(correction: Correction, telling: Telling): string {
  const { facts, locale } = telling;
  const when = whenText(correction.madeAt, facts, locale);
  const who = AUTHORS[correction.author.role];
  const what = correction.undoes === null ? madeText(correction, telling) : undoText(correction, telling);
  const made = pick(locale, { vi: `Lúc ${when}, ${who.vi} ${what.vi}.`, en: `At ${when} ${who.en} ${what.en}.` });
  return made + reasonOf(correction, telling) + undoneText(correction, telling);
}

function madeText({ bonusMs, deltaMs, gameId, mendsError }: Correction, telling: Telling): LocalizedText {
  const { titleOf } = telling;
  const game = gameId === null ? '' : ` “${titleOf(gameId)}”`;
  const amount = amountOf(bonusMs || deltaMs);
  const mends = mendsError ? { vi: ' để sửa lỗi', en: ' to mend an error' } : { vi: '', en: '' };
  if (bonusMs !== 0) {
    return {
      vi: `cho chơi thêm ${amount.vi} trong ngày này, không vượt giới hạn của pháp luật`,
      en: `gave ${amount.en} more for this day, within the limits of the law`,
    };
  }
  return deltaMs > 0
    ? {
        vi: `cộng thêm ${amount.vi} vào thời gian đã chơi${game}${mends.vi}`,
        en: `added ${amount.en} to the time played${inGame(game)}${mends.en}`,
      }
    : {
        vi: `trừ ${amount.vi} khỏi thời gian đã chơi${game}${mends.vi}`,
        en: `took ${amount.en} off the time played${inGame(game)}${mends.en}`,
      };
}

const inGame = (game: string): string => (game === '' ? '' : ` in${game}`);

function undoText({ bonusMs, deltaMs, kind, undoes }: Correction, { facts, locale }: Telling): LocalizedText {
  const amount = amountOf(bonusMs || deltaMs);
  const first = facts.corrections.find(({ correctionId }) => correctionId === undoes);
  const when = first === undefined ? null : whenText(first.madeAt, facts, locale);
  const before = when === null ? { vi: ' trước đó', en: ' before' } : { vi: ` lúc ${when}`, en: ` at ${when}` };
  if (kind === 'grant') {
    return { vi: `thu lại ${amount.vi} đã cho thêm${before.vi}`, en: `took back the ${amount.en} given${before.en}` };
  }
  return deltaMs > 0
    ? {
        vi: `hủy lần điều chỉnh${before.vi}: ${amount.vi} lại được tính là đã chơi`,
        en: `took back the correction made${before.en}: ${amount.en} count as played again`,
      }
    : {
        vi: `hủy lần điều chỉnh${before.vi}: ${amount.vi} không còn được tính là đã chơi`,
        en: `took back the correction made${before.en}: ${amount.en} no longer count as played`,
      };
}

const amountOf = (ms: number): LocalizedText => ({
  vi: durationText(Math.abs(ms), 'vi'),
  en: durationText(Math.abs(ms), 'en'),
});

/** In the author's own words, without the mark that says it mends an error. */
function reasonOf({ reason }: Correction, { locale }: Telling): string {
  if (reason === null) return pick(locale, { vi: ' Lý do đã được xóa.', en: ' The reason was erased.' });
  const isMarked = reason.trimStart().toLowerCase().startsWith(MENDS_ERROR_PREFIX);
  const words = (isMarked ? reason.trimStart().slice(MENDS_ERROR_PREFIX.length) : reason).trim();
  return words === '' ? '' : pick(locale, { vi: ` Lý do: “${words}”.`, en: ` Reason: “${words}”.` });
}

function undoneText({ undoneBy }: Correction, { facts, locale }: Telling): string {
  if (undoneBy === null) return '';
  const undo = facts.corrections.find(({ correctionId }) => correctionId === undoneBy);
  const when = undo === undefined ? null : whenText(undo.madeAt, facts, locale);
  return pick(locale, {
    vi: ` Việc này sau đó đã bị hủy${when === null ? '' : ` lúc ${when}`}.`,
    en: ` This was taken back later${when === null ? '' : `, at ${when}`}.`,
  });
}
