// Times of play and refusals in words: when, what was told and when, why it ended, and how the end was kept.
import { MINUTE_MS } from '@playgate/policy';
import type { StatementFacts, Telling } from './statement-facts.ts';
import { exactText, pick, reasonText, whenText } from './statement-words.ts';

type Session = StatementFacts['sessions'][number];

/** A later end than this is worth a word; nobody could stop sooner. */
const LATE_MS_MIN = 1_000;

export function sessionText(session: Session, telling: Telling): string {
  return [playedText(session, telling), ...toldText(session, telling), ...keptText(session, telling)].join(' ');
}

export function denialText(denial: StatementFacts['denials'][number], { facts, locale }: Telling): string {
  const { at, gameTitle, nextAllowedAt, reason } = denial;
  const when = whenText(at, facts, locale);
  const denied = pick(locale, {
    vi: `Lúc ${when}: muốn chơi “${gameTitle}” nhưng chưa được, vì ${reasonText(reason).vi}.`,
    en: `At ${when}: asked to play “${gameTitle}” and could not, because ${reasonText(reason).en}.`,
  });
  if (nextAllowedAt === null) return denied;
  const next = whenText(nextAllowedAt, facts, locale);
  return `${denied} ${pick(locale, { vi: `Được chơi lại từ ${next}.`, en: `Play is possible again from ${next}.` })}`;
}

function playedText(session: Session, telling: Telling): string {
  const { agentId, endedAt, gameTitle, isOpen, startedAt } = session;
  const { facts, locale } = telling;
  const from = whenText(startedAt, facts, locale);
  const at = pick(locale, { vi: ' tại điểm cung cấp dịch vụ trò chơi', en: ' at a game service point' });
  const game = `“${gameTitle}”${agentId === null ? '' : at}`;
  if (endedAt !== null) return endedText({ ...session, endedAt }, game, telling);
  if (isOpen) return pick(locale, { vi: `Từ ${from}: đang chơi ${game}.`, en: `Since ${from}: playing ${game}.` });
  const why = facts.unlimited
    ? pick(locale, {
        vi: ', vì giờ chơi của người trưởng thành không được theo dõi',
        en: ', because the play of adults is not followed',
      })
    : '';
  const doubt = facts.isOver
    ? { vi: 'Không rõ kết thúc lúc nào', en: 'It is not known when this ended' }
    : { vi: 'Không rõ còn chơi hay đã kết thúc', en: 'It is not known whether this goes on' };
  return pick(locale, {
    vi: `Từ ${from}: chơi ${game}. ${doubt.vi}${why}.`,
    en: `From ${from} on: played ${game}. ${doubt.en}${why}.`,
  });
}

function endedText(
  { endReason, endedAt, startedAt }: Session & { readonly endedAt: string },
  game: string,
  { facts, locale }: Telling,
): string {
  const [from, to] = [whenText(startedAt, facts, locale), whenText(endedAt, facts, locale)];
  const isShort = Date.parse(endedAt) - Date.parse(startedAt) < MINUTE_MS;
  const played = isShort
    ? pick(locale, {
        vi: `Lúc ${from}: chơi ${game} chưa đến một phút.`,
        en: `At ${from}: played ${game} for less than a minute.`,
      })
    : pick(locale, { vi: `Từ ${from} đến ${to}: chơi ${game}.`, en: `From ${from} to ${to}: played ${game}.` });
  if (endReason === null) return played;
  const reason = reasonText(endReason);
  return `${played} ${pick(locale, { vi: `Kết thúc vì ${reason.vi}.`, en: `It ended because ${reason.en}.` })}`;
}

function toldText(session: Session, { facts, locale }: Telling): readonly string[] {
  const { endOrderedAt, toldAtStart, warnedAt } = session;
  const at = (instant: string) => whenText(instant, facts, locale);
  return [
    toldAtStart?.endsAt != null &&
      pick(locale, {
        vi: `Ngay khi bắt đầu, trò chơi đã được báo giờ phải dừng là ${at(toldAtStart.endsAt)}.`,
        en: `At the start the game was told to stop at ${at(toldAtStart.endsAt)}.`,
      }),
    warnedAt !== null &&
      pick(locale, {
        vi: `Lúc ${at(warnedAt)}, trò chơi được báo là sắp hết giờ.`,
        en: `At ${at(warnedAt)} the game was told that time was running out.`,
      }),
    endOrderedAt !== null &&
      pick(locale, {
        vi: `Lúc ${at(endOrderedAt)}, trò chơi được yêu cầu dừng.`,
        en: `At ${at(endOrderedAt)} the game was told to stop.`,
      }),
  ].filter((part) => part !== false);
}

/** Whether the game confirmed the end, and what was played after it. */
function keptText(session: Session, { facts, locale }: Telling): readonly string[] {
  const { acknowledgedAt, closedAt, endOrderedAt, overrunMs } = session;
  const overrun = exactText(overrunMs, locale);
  return [
    acknowledgedAt !== null && confirmedText({ ...session, acknowledgedAt }, { facts, locale }),
    acknowledgedAt === null &&
      endOrderedAt !== null &&
      closedAt === null &&
      pick(locale, {
        vi: 'Đến nay trò chơi vẫn chưa xác nhận là đã dừng.',
        en: 'The game has not confirmed so far that it stopped.',
      }),
    acknowledgedAt === null &&
      endOrderedAt !== null &&
      closedAt !== null &&
      pick(locale, {
        vi: `Trò chơi được đóng lúc ${whenText(closedAt, facts, locale)} nhưng không xác nhận là đã dừng theo yêu cầu.`,
        en: `The game was closed at ${whenText(closedAt, facts, locale)} without confirming that it stopped as told.`,
      }),
    overrunMs >= LATE_MS_MIN &&
      pick(locale, {
        vi: `Sau giờ phải dừng vẫn chơi thêm ${overrun}: thời gian này được ghi lại, nhưng không bị trừ vào ngày khác.`,
        en: `Play went on for ${overrun} after it had to stop: that is on record, and not taken off another day.`,
      }),
  ].filter((part) => part !== false);
}

function confirmedText(
  { acknowledgedAt, timeToEnforceMs }: Session & { readonly acknowledgedAt: string },
  { facts, locale }: Pick<Telling, 'facts' | 'locale'>,
): string {
  const at = whenText(acknowledgedAt, facts, locale);
  const late = exactText(timeToEnforceMs ?? 0, locale);
  const isLate = timeToEnforceMs !== null && timeToEnforceMs >= LATE_MS_MIN;
  return pick(locale, {
    vi: `Trò chơi xác nhận đã dừng lúc ${at}${isLate ? `, chậm ${late} so với lúc hết giờ` : ''}.`,
    en: `The game confirmed that it stopped at ${at}${isLate ? `, ${late} after the time was up` : ''}.`,
  });
}
