// How a statement says things: to a child of twelve, and to a parent. Kind, plain, and no more than is known.
import { type CalendarDate, type EndReason, type Instant, type LocalizedText, MINUTE_MS } from '@playgate/policy';

export const LOCALES = ['vi', 'en'] as const satisfies readonly (keyof LocalizedText)[];
export type Locale = (typeof LOCALES)[number];

const MINUTES_PER_HOUR = 60;
const SECOND_MS = 1_000;

/** Why play ended or did not begin, as the end of a sentence. */
const REASONS: Readonly<Record<EndReason, LocalizedText>> = {
  daily_budget_spent: {
    vi: 'thời gian chơi được phép trong ngày đã hết',
    en: 'the play time allowed for the day was used up',
  },
  outside_window: { vi: 'lúc đó không phải giờ được chơi', en: 'it was not a time at which play is allowed' },
  agent_closed: {
    vi: 'điểm cung cấp dịch vụ trò chơi đóng cửa',
    en: 'the game service point was closed',
  },
  age_rating: { vi: 'trò chơi dành cho người lớn tuổi hơn', en: 'the game is rated for older players' },
  guardian_required: {
    vi: 'chưa có cha, mẹ hoặc người giám hộ đăng ký',
    en: 'no parent or guardian had registered the player yet',
  },
  phone_required: {
    vi: 'tài khoản chưa được xác thực bằng số điện thoại',
    en: 'the account was not verified with a phone number',
  },
  unverified: { vi: 'độ tuổi của tài khoản chưa được xác minh', en: 'the age of the account was not verified' },
  too_little_left: { vi: 'thời gian còn lại quá ít để bắt đầu', en: 'too little time was left to start' },
  concurrent_session: { vi: 'bạn đang chơi ở nơi khác', en: 'you were playing somewhere else' },
  guardian_pause: {
    vi: 'người giám hộ đã tạm dừng giờ chơi',
    en: 'your guardian had paused play',
  },
  guardian_window: {
    vi: 'đó là giờ nghỉ do người giám hộ đặt',
    en: 'it was a rest time set by your guardian',
  },
  ledger_unavailable: {
    vi: 'hệ thống tạm thời không kiểm tra được thời gian chơi',
    en: 'play time could not be checked at that moment',
  },
  session_lost: { vi: 'trò chơi mất kết nối quá lâu', en: 'the game was out of touch for too long' },
  session_closed: { vi: 'trò chơi được đóng lại', en: 'the game was closed' },
  session_taken_over: { vi: 'bạn chuyển sang chơi trên thiết bị khác', en: 'you went on to play on another device' },
  agent_ended: {
    vi: 'nhân viên của điểm chơi đã kết thúc phiên chơi',
    en: 'the staff of the game service point ended it',
  },
};

const OWN_WILL: LocalizedText = { vi: 'bạn hoặc trò chơi đã kết thúc phiên chơi', en: 'you or the game ended it' };

/** A word that no rule knows is the game's own for an end of its making. */
export const reasonText = (reason: string): LocalizedText =>
  (REASONS as Readonly<Record<string, LocalizedText>>)[reason] ?? OWN_WILL;

/** `1 giờ 5 phút`; what is shorter than a minute in seconds. */
export function durationText(ms: number, locale: Locale): string {
  if (ms < MINUTE_MS) {
    const seconds = Math.round(ms / SECOND_MS);
    return locale === 'vi' ? `${seconds} giây` : counted(seconds, 'second');
  }
  const whole = Math.floor(ms / MINUTE_MS);
  const [hours, minutes] = [Math.floor(whole / MINUTES_PER_HOUR), whole % MINUTES_PER_HOUR];
  const parts =
    locale === 'vi'
      ? [hours > 0 && `${hours} giờ`, minutes > 0 && `${minutes} phút`]
      : [hours > 0 && counted(hours, 'hour'), minutes > 0 && counted(minutes, 'minute')];
  return parts.filter((part) => part !== false).join(' ');
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `14/10/2026`, or `14 October 2026`. */
export function dateText(date: CalendarDate, locale: Locale): string {
  const [year = '', month = '', day = ''] = date.split('-');
  if (locale === 'vi') return `${day}/${month}/${year}`;
  const name = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(Date.parse(date));
  return `${Number(day)} ${name} ${year}`;
}

/** Wall clock of a zone, `19:05`. */
export function clockText(at: Instant, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(at);
}
