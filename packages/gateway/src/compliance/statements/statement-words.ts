// How a statement says things: to a child of twelve, and to a parent. Kind, plain, and no more than is known. The player, a
// guardian and an authority read the same words, so that nobody is addressed.
import {
  type CalendarDate,
  dayOf,
  type EndReason,
  type Instant,
  type LocalizedText,
  MINUTE_MS,
} from '@playgate/policy';

export const LOCALES = ['vi', 'en'] as const satisfies readonly (keyof LocalizedText)[];
export type Locale = (typeof LOCALES)[number];

export const pick = (locale: Locale, text: LocalizedText): string => text[locale];

const MINUTES_PER_HOUR = 60;
const SECOND_MS = 1_000;

/** Why play ended or did not begin, as the end of a sentence. */
const REASONS: Readonly<Record<EndReason, LocalizedText>> = {
  daily_budget_spent: {
    vi: 'đã hết thời gian chơi được phép trong ngày',
    en: 'the play time allowed for the day was used up',
  },
  outside_window: { vi: 'lúc đó không phải giờ được chơi', en: 'it was not a time at which play is allowed' },
  agent_closed: {
    vi: 'đã ngoài giờ mở cửa của điểm cung cấp dịch vụ trò chơi',
    en: 'it was outside the opening hours of the game service point',
  },
  age_rating: { vi: 'trò chơi dành cho người lớn tuổi hơn', en: 'the game is rated for older players' },
  guardian_required: {
    vi: 'người chơi chưa được cha, mẹ hoặc người giám hộ đăng ký',
    en: 'no parent or guardian had registered the player yet',
  },
  phone_required: {
    vi: 'tài khoản chưa được xác thực bằng số điện thoại',
    en: 'the account was not verified with a phone number',
  },
  unverified: { vi: 'độ tuổi của tài khoản chưa được xác minh', en: 'the age of the account was not verified' },
  too_little_left: { vi: 'thời gian còn lại quá ít để bắt đầu', en: 'too little time was left to start' },
  concurrent_session: { vi: 'tài khoản đang chơi ở nơi khác', en: 'the player was playing somewhere else' },
  guardian_pause: { vi: 'người giám hộ đã tạm dừng việc chơi', en: 'the guardian had paused play' },
  guardian_window: { vi: 'đó là giờ nghỉ do người giám hộ đặt', en: 'it was a rest time set by the guardian' },
  ledger_unavailable: {
    vi: 'hệ thống tạm thời không kiểm tra được thời gian chơi',
    en: 'play time could not be checked at that moment',
  },
  session_lost: { vi: 'trò chơi mất kết nối quá lâu', en: 'the game was out of touch for too long' },
  session_closed: { vi: 'trò chơi được đóng lại', en: 'the game was closed' },
  session_taken_over: { vi: 'người chơi chuyển sang thiết bị khác', en: 'the player went on to another device' },
  agent_ended: {
    vi: 'nhân viên tại đó cho dừng chơi',
    en: 'the staff there ended it',
  },
};

const OWN_WILL: LocalizedText = {
  vi: 'người chơi hoặc trò chơi tự kết thúc',
  en: 'the player or the game ended it',
};

/** A word that no rule knows is the game's own for an end of its making. */
export const reasonText = (reason: string): LocalizedText =>
  (REASONS as Readonly<Record<string, LocalizedText>>)[reason] ?? OWN_WILL;

/** `1 giờ 5 phút`, rounded down; what is shorter than a minute in seconds. */
export function durationText(ms: number, locale: Locale): string {
  if (ms > 0 && ms < MINUTE_MS) return exactText(ms, locale);
  const whole = Math.floor(ms / MINUTE_MS);
  const [hours, minutes] = [Math.floor(whole / MINUTES_PER_HOUR), whole % MINUTES_PER_HOUR];
  const parts = [
    hours > 0 && unitText(hours, HOUR, locale),
    (minutes > 0 || hours === 0) && unitText(minutes, MINUTE, locale),
  ];
  return parts.filter((part) => part !== false).join(' ');
}

/** To the second, rounded down: `4 phút 5 giây`. */
export function exactText(ms: number, locale: Locale): string {
  const seconds = Math.floor((ms % MINUTE_MS) / SECOND_MS);
  const parts = [
    ms >= MINUTE_MS && durationText(ms, locale),
    (seconds > 0 || ms < MINUTE_MS) && unitText(seconds, SECOND, locale),
  ];
  return parts.filter((part) => part !== false).join(' ');
}

const HOUR: LocalizedText = { vi: 'giờ', en: 'hour' };
const MINUTE: LocalizedText = { vi: 'phút', en: 'minute' };
const SECOND: LocalizedText = { vi: 'giây', en: 'second' };

const unitText = (count: number, unit: LocalizedText, locale: Locale): string =>
  `${count} ${unit[locale]}${locale === 'en' && count !== 1 ? 's' : ''}`;

/** `14/10/2026`, or `14 October 2026`. */
export function dateText(date: CalendarDate, locale: Locale): string {
  const [year = '', month = '', day = ''] = date.split('-');
  if (locale === 'vi') return `${day}/${month}/${year}`;
  const name = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(Date.parse(date));
  return `${Number(day)} ${name} ${year}`;
}

/** Wall clock of a zone, `19:05`; with its date where that is not the day that is spoken of. */
export function whenText(
  instant: string,
  { date: spokenOf, zone }: { readonly date: CalendarDate; readonly zone: string },
  locale: Locale,
): string {
  const at = Date.parse(instant);
  const clock = clockText(at, zone);
  const { date } = dayOf(zone, at);
  if (date === spokenOf) return clock;
  return pick(locale, { vi: `${clock} ngày ${dateText(date, 'vi')}`, en: `${clock} on ${dateText(date, 'en')}` });
}

function clockText(at: Instant, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(at);
}

/** What people call the time of a zone; CLDR has no such names in Vietnamese. */
const ZONES: Readonly<Record<string, LocalizedText>> = {
  'Asia/Ho_Chi_Minh': { vi: 'giờ Việt Nam', en: 'Vietnam time' },
  'Asia/Shanghai': { vi: 'giờ Trung Quốc', en: 'China time' },
  'Asia/Seoul': { vi: 'giờ Hàn Quốc', en: 'Korea time' },
};

export const zoneText = (zone: string): LocalizedText =>
  ZONES[zone] ?? { vi: `múi giờ ${zone}`, en: `time zone ${zone}` };
