// A statement in paragraphs for people: the day and its limits, then what happened in order of time.
import { limits } from '@playgate/contract';
import { correctionText } from './correction-text.ts';
import { denialText, sessionText } from './session-text.ts';
import type { StatementBody, StatementFacts, Telling } from './statement-facts.ts';
import { dateText, durationText, type Locale, pick, whenText, zoneText } from './statement-words.ts';

/** The same facts give the same text; `titleOf` names a game by its id. */
export function statementText(facts: StatementFacts, titleOf: Telling['titleOf']): StatementBody['text'] {
  const say = (locale: Locale): string[] => {
    const telling = { facts, titleOf, locale };
    const first = [...headText(telling), ...facts.budgets.map((budget) => budgetText(budget, telling))];
    const last = closingText(telling);
    const room = limits.STATEMENT_PARAGRAPHS_MAX - first.length - 1;
    return [...first, ...latest(timelineText(telling), room, locale), last].slice(0, limits.STATEMENT_PARAGRAPHS_MAX);
  };
  return { vi: say('vi'), en: say('en') };
}

function timelineText(telling: Telling): readonly string[] {
  const { corrections, denials, sessions } = telling.facts;
  const entries = [
    ...sessions.map((session) => ({ at: session.startedAt, text: sessionText(session, telling) })),
    ...denials.map((denial) => ({ at: denial.at, text: denialText(denial, telling) })),
    ...corrections.map((correction) => ({ at: correction.madeAt, text: correctionText(correction, telling) })),
  ];
  return entries.sort((left, right) => Date.parse(left.at) - Date.parse(right.at)).map(({ text }) => text);
}

/** Who asks why play stopped asks for the end of the day. */
function latest(paragraphs: readonly string[], countMax: number, locale: Locale): readonly string[] {
  if (paragraphs.length <= countMax) return paragraphs;
  const shown = countMax > 1 ? paragraphs.slice(1 - countMax) : [];
  const left = paragraphs.length - shown.length;
  const note = { vi: `Trước đó còn ${left} mục khác.`, en: `Before that there are ${left} more entries.` };
  return [pick(locale, note), ...shown];
}

function headText({ facts, locale }: Telling): readonly string[] {
  const { asOf, date, isOver, zone } = facts;
  const [day, zoneName] = [dateText(date, locale), pick(locale, zoneText(zone))];
  const of = pick(locale, {
    vi: `Giờ chơi ngày ${day}, tính từ 00:00 đến 24:00 theo ${zoneName}.`,
    en: `Play time on ${day}, counted from 00:00 to 24:00, ${zoneName}.`,
  });
  const now = whenText(asOf, facts, locale);
  const soFar = pick(locale, {
    vi: ` Số liệu tính đến ${now}; ngày chưa kết thúc nên còn có thể thay đổi.`,
    en: ` These are the figures at ${now}; the day is not over, so they can still change.`,
  });
  return [isOver ? of : of + soFar, totalText(facts, locale)];
}

function totalText({ correctedMs, sessions, totalMs, unlimited }: StatementFacts, locale: Locale): string {
  if (unlimited) {
    return pick(locale, {
      vi: 'Người chơi là người trưởng thành nên không bị giới hạn giờ chơi, và thời gian chơi không được cộng lại.',
      en: 'The player is an adult: play is not limited, so it is not added up.',
    });
  }
  if (totalMs === 0 && correctedMs === 0 && sessions.length === 0) {
    return pick(locale, { vi: 'Ngày này không có lượt chơi nào.', en: 'There was no play on this day.' });
  }
  const total = durationText(totalMs, locale);
  const all = pick(locale, {
    vi: `Tổng thời gian chơi được tính: ${total}`,
    en: `Time that counts as played: ${total}`,
  });
  return `${all}${correctedText(correctedMs, locale)}.`;
}

function correctedText(correctedMs: number, locale: Locale): string {
  if (correctedMs === 0) return '';
  const amount = durationText(Math.abs(correctedMs), locale);
  return correctedMs > 0
    ? pick(locale, { vi: ` (đã cộng thêm ${amount} do điều chỉnh)`, en: ` (${amount} of it added by corrections)` })
    : pick(locale, { vi: ` (đã trừ ${amount} do điều chỉnh)`, en: ` (after corrections took ${amount} off)` });
}

function budgetText(budget: StatementFacts['budgets'][number], { locale, titleOf }: Telling): string {
  const [used, limit] = [durationText(budget.usedMs, locale), durationText(budget.limitMs, locale)];
  const what =
    budget.gameId === null
      ? pick(locale, { vi: 'Tất cả trò chơi của nhà cung cấp này', en: 'All games of this provider' })
      : pick(locale, { vi: `Trò chơi “${titleOf(budget.gameId)}”`, en: `The game “${titleOf(budget.gameId)}”` });
  const state = budget.isSpent ? pick(locale, { vi: ' Đã hết giờ được chơi.', en: ' It is used up.' }) : '';
  const amount = pick(locale, {
    vi: `${what}: đã chơi ${used}, trong ngày được chơi tối đa ${limit}.`,
    en: `${what}: ${used} played of at most ${limit} on this day.`,
  });
  return `${amount}${state} ${ruleText(budget, locale)}`;
}

function ruleText({ citation, setBy, verified }: StatementFacts['budgets'][number], locale: Locale): string {
  if (setBy === 'guardian') {
    return pick(locale, {
      vi: 'Mức này do cha, mẹ hoặc người giám hộ đặt.',
      en: 'This limit was set by the parent or guardian.',
    });
  }
  const rule = pick(locale, { vi: `Theo quy định tại ${citation.vi}`, en: `The rule: ${citation.en}` });
  const doubt = pick(locale, {
    vi: ' (chưa đối chiếu với văn bản gốc)',
    en: ' (not checked in the act itself yet)',
  });
  return `${rule}${verified ? '' : doubt}.`;
}

function closingText({ facts, locale }: Telling): string {
  if (facts.ageBand === 'adult') {
    return pick(locale, {
      vi: 'Nếu có gì chưa đúng, hãy báo cho nhà cung cấp trò chơi để được xem lại và sửa.',
      en: 'If something here is not right, tell the provider of the game: a wrong record can be put right.',
    });
  }
  return pick(locale, {
    vi: 'Nếu có gì chưa đúng, người chơi hoặc cha, mẹ, người giám hộ hãy báo cho nhà cung cấp trò chơi để được xem lại và sửa. Trẻ em cần giúp đỡ có thể gọi số 111.',
    en: 'If something here is not right, the player, a parent or a guardian can tell the provider of the game: a wrong record can be put right. Children who need help can call 111.',
  });
}
