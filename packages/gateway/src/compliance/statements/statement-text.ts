// A statement in paragraphs for people: what happened, in the order in which somebody would ask.
import { limits, type OperationOf, type ReplyBody } from '@playgate/contract';
import { dayOf, type LocalizedText } from '@playgate/policy';
import { clockText, dateText, durationText, type Locale, reasonText } from './statement-words.ts';

export type StatementBody = ReplyBody<OperationOf<'getStatement'>>;
type Facts = Omit<StatementBody, 'text'>;
type Say = (facts: Facts, locale: Locale) => readonly string[];

export function statementText(facts: Facts): StatementBody['text'] {
  const say = (locale: Locale): string[] => {
    const first = [...headText(facts, locale), ...budgetsText(facts, locale)];
    const last = [...correctionsText(facts, locale), closingText(locale)];
    const events = [...sessionsText(facts, locale), ...denialsText(facts, locale)];
    const room = limits.STATEMENT_PARAGRAPHS_MAX - first.length - last.length;
    return [...first, ...shortened(events, room, locale), ...last].slice(0, limits.STATEMENT_PARAGRAPHS_MAX);
  };
  return { vi: say('vi'), en: say('en') };
}

function shortened(paragraphs: readonly string[], countMax: number, locale: Locale): readonly string[] {
  if (paragraphs.length <= countMax) return paragraphs;
  const shown = paragraphs.slice(0, Math.max(0, countMax - 1));
  const left = paragraphs.length - shown.length;
  return [...shown, pick(locale, { vi: `Và ${left} lần khác trong ngày.`, en: `And ${left} more times on that day.` })];
}

const pick = (locale: Locale, text: LocalizedText): string => text[locale];

const headText: Say = ({ correctedMs, date, isOver, sessions, totalMs, unlimited, zone }, locale) => {
  const day = dateText(date, locale);
  const of = pick(locale, {
    vi: `Đây là giờ chơi của bạn trong ngày ${day}, tính từ 00:00 đến 24:00 (múi giờ ${zone}).`,
    en: `This is your play time on ${day}, counted from 00:00 to 24:00 (time zone ${zone}).`,
  });
  const state = pick(locale, {
    vi: ' Ngày này chưa kết thúc, nên những con số dưới đây còn có thể thay đổi.',
    en: ' The day is not over yet, so the figures below can still change.',
  });
  const total = durationText(totalMs, locale);
  const played = unlimited
    ? pick(locale, {
        vi: 'Người từ đủ 18 tuổi không bị giới hạn giờ chơi, nên thời gian chơi không được cộng lại.',
        en: 'Play of adults is not limited, so it is not added up.',
      })
    : totalMs === 0 && sessions.length === 0
      ? pick(locale, { vi: 'Bạn không chơi trong ngày này.', en: 'You did not play on that day.' })
      : pick(locale, { vi: `Tổng cộng được tính là ${total}.`, en: `In all ${total} count as played.` });
  return [isOver ? of : of + state, played + (unlimited ? '' : correctedText(correctedMs, locale))];
};

function correctedText(correctedMs: number, locale: Locale): string {
  if (correctedMs === 0) return '';
  const amount = durationText(Math.abs(correctedMs), locale);
  return correctedMs > 0
    ? pick(locale, {
        vi: ` Trong đó đã cộng thêm ${amount} do điều chỉnh.`,
        en: ` Of that, ${amount} were added by corrections.`,
      })
    : pick(locale, { vi: ` Đã trừ đi ${amount} do điều chỉnh.`, en: ` Corrections took ${amount} off.` });
}

const budgetsText: Say = ({ budgets, sessions }, locale) =>
  budgets.map((budget) => {
    const title = sessions.find(({ gameId }) => gameId === budget.gameId)?.gameTitle ?? budget.gameId;
    const used = durationText(budget.usedMs, locale);
    const limit = durationText(budget.limitMs, locale);
    const what =
      budget.gameId === null
        ? pick(locale, { vi: 'Tất cả trò chơi của nhà cung cấp', en: 'All games of this provider' })
        : pick(locale, { vi: `Trò chơi “${title}”`, en: `The game “${title}”` });
    const state = budget.isSpent ? pick(locale, { vi: ', đã hết', en: ', which is used up' }) : '';
    const amount = pick(locale, {
      vi: `${what}: đã dùng ${used} trong ${limit} được phép mỗi ngày${state}.`,
      en: `${what}: ${used} of the ${limit} allowed for a day${state}.`,
    });
    return `${amount} ${ruleText(budget, locale)}`;
  });

function ruleText({ cite, setBy, verified }: Facts['budgets'][number], locale: Locale): string {
  if (setBy === 'guardian') {
    return pick(locale, {
      vi: 'Giới hạn này do cha, mẹ hoặc người giám hộ của bạn đặt.',
      en: 'This limit was set by your parent or guardian.',
    });
  }
  const rule = pick(locale, { vi: `Đây là quy định của pháp luật: ${cite}.`, en: `This is the law: ${cite}.` });
  const doubt = pick(locale, {
    vi: ' (Điều này chưa được đối chiếu với văn bản gốc.)',
    en: ' (Nobody has checked this in the act itself yet.)',
  });
  return verified ? rule : rule + doubt;
}

const sessionsText: Say = ({ sessions, zone }, locale) =>
  sessions.map((session) => {
    const from = clockText(Date.parse(session.startedAt), zone);
    const game = `“${session.gameTitle}”`;
    const place =
      session.agentId === null
        ? ''
        : pick(locale, { vi: ' tại một điểm cung cấp dịch vụ trò chơi', en: ' at a game service point' });
    const parts = [
      session.endedAt === null
        ? pick(locale, {
            vi: `Từ ${from} bạn chơi ${game}${place}; phiên chơi này vẫn đang tiếp diễn.`,
            en: `You have been playing ${game}${place} since ${from}.`,
          })
        : pick(locale, {
            vi: `Từ ${from} đến ${clockText(Date.parse(session.endedAt), zone)} bạn chơi ${game}${place}. Phiên chơi kết thúc vì ${reasonText(session.endReason ?? '').vi}.`,
            en: `You played ${game}${place} from ${from} to ${clockText(Date.parse(session.endedAt), zone)}. It ended because ${reasonText(session.endReason ?? '').en}.`,
          }),
      ...toldText(session, zone, locale),
    ];
    return parts.join(' ');
  });

function toldText(session: Facts['sessions'][number], zone: string, locale: Locale): readonly string[] {
  const { acknowledgedAt, endOrderedAt, timeToEnforceMs, toldAtStart, warnedAt } = session;
  const at = (instant: string) => clockText(Date.parse(instant), zone);
  return [
    toldAtStart?.endsAt != null &&
      pick(locale, {
        vi: `Khi bắt đầu, trò chơi đã biết phải dừng lúc ${at(toldAtStart.endsAt)}.`,
        en: `At the start the game was told that it would have to stop at ${at(toldAtStart.endsAt)}.`,
      }),
    warnedAt !== null &&
      pick(locale, {
        vi: `Lúc ${at(warnedAt)} có lời nhắc sắp hết giờ.`,
        en: `At ${at(warnedAt)} there was a warning that time was running out.`,
      }),
    endOrderedAt !== null &&
      pick(locale, {
        vi: `Lúc ${at(endOrderedAt)} trò chơi được yêu cầu dừng.`,
        en: `At ${at(endOrderedAt)} the game was told to stop.`,
      }),
    acknowledgedAt !== null &&
      timeToEnforceMs !== null &&
      pick(locale, {
        vi: `Trò chơi dừng sau khi hết giờ ${durationText(timeToEnforceMs, 'vi')}.`,
        en: `The game stopped ${durationText(timeToEnforceMs, 'en')} after the limit.`,
      }),
  ].filter((part) => part !== false);
}

const denialsText: Say = ({ date, denials, zone }, locale) =>
  denials.map(({ at, gameTitle, nextAllowedAt, reason }) => {
    const when = clockText(Date.parse(at), zone);
    const denied = pick(locale, {
      vi: `Lúc ${when} bạn muốn chơi “${gameTitle}” nhưng chưa được, vì ${reasonText(reason).vi}.`,
      en: `At ${when} you wanted to play “${gameTitle}” and could not, because ${reasonText(reason).en}.`,
    });
    if (nextAllowedAt === null) return denied;
    const next = Date.parse(nextAllowedAt);
    const nextDate = dayOf(zone, next).date;
    const day =
      nextDate === date
        ? ''
        : pick(locale, { vi: ` ngày ${dateText(nextDate, 'vi')}`, en: ` on ${dateText(nextDate, 'en')}` });
    const again = pick(locale, {
      vi: ` Bạn có thể chơi lại từ ${clockText(next, zone)}${day}.`,
      en: ` You can play again from ${clockText(next, zone)}${day} on.`,
    });
    return denied + again;
  });

const correctionsText: Say = ({ corrections, zone }, locale) =>
  corrections.map(({ bonusMs, deltaMs, madeAt, reason, undoes }) => {
    const when = `${clockText(Date.parse(madeAt), zone)} ${dateText(dayOf(zone, Date.parse(madeAt)).date, locale)}`;
    const amount = durationText(Math.abs(bonusMs || deltaMs), locale);
    const what =
      bonusMs !== 0
        ? bonusMs > 0
          ? {
              vi: `được thưởng thêm ${amount} ngoài giới hạn của người giám hộ`,
              en: `${amount} were granted on top of the guardian’s limit`,
            }
          : { vi: `${amount} thưởng thêm được thu lại`, en: `${amount} of a grant were taken back` }
        : deltaMs > 0
          ? { vi: `thời gian đã chơi được cộng thêm ${amount}`, en: `${amount} were added to the time played` }
          : { vi: `thời gian đã chơi được trừ đi ${amount}`, en: `${amount} were taken off the time played` };
    const undo =
      undoes === null
        ? ''
        : pick(locale, { vi: ' (hủy một điều chỉnh trước đó)', en: ' (it takes an earlier entry back)' });
    const why = reason === null ? '' : pick(locale, { vi: ` Lý do: ${reason}`, en: ` Reason: ${reason}` });
    return pick(locale, { vi: `Lúc ${when}, ${what.vi}${undo}.${why}`, en: `At ${when}, ${what.en}${undo}.${why}` });
  });

const closingText = (locale: Locale): string =>
  pick(locale, {
    vi: 'Nếu bạn thấy có gì chưa đúng, hãy nói với cha mẹ và nhà cung cấp trò chơi: bản ghi sai có thể được điều chỉnh. Khi cần giúp đỡ, hãy gọi 111.',
    en: 'If something here is not right, tell your parents and the provider of the game: a wrong record can be put right. If you need help, call 111.',
  });
