// What the terminal of a seat says, in the two languages of the service. What the law wants said comes from the gateway.
import type { Locale } from '@playgate/sdk/node';

const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 3_600;

export interface SeatWords {
  readonly playing: string;
  readonly left: string;
  readonly until: string;
  readonly unlimited: string;
  readonly offline: string;
  readonly online: string;
  readonly save: string;
  readonly refused: string;
  readonly nextAllowed: string;
  readonly ended: string;
  readonly played: string;
  readonly countedToday: string;
  readonly acknowledged: string;
  readonly unacknowledged: string;
  readonly unknownSession: string;
  readonly unconfirmed: string;
  readonly waiting: string;
}

export const SEAT_WORDS: Readonly<Record<Locale, SeatWords>> = {
  vi: {
    playing: 'Bắt đầu chơi',
    left: 'Còn lại',
    until: 'đến',
    unlimited: 'Không giới hạn thời gian',
    offline: 'Mất kết nối máy chủ, được chơi tiếp đến',
    online: 'Đã kết nối lại',
    save: 'Sắp hết giờ, hãy lưu trò chơi. Còn',
    refused: 'Không được chơi',
    nextAllowed: 'Được chơi lại từ',
    ended: 'Kết thúc',
    played: 'Đã chơi tại máy này',
    countedToday: 'Hôm nay đã tính cho trò chơi này',
    acknowledged: 'Máy chủ đã xác nhận kết thúc',
    unacknowledged: 'Máy chủ CHƯA xác nhận kết thúc; phiên sẽ tự đóng ở lần liên lạc cuối',
    unknownSession: 'Máy chủ không còn giữ phiên này; phiên đã tự đóng ở lần liên lạc cuối',
    unconfirmed: 'Thời gian chơi không có xác nhận của máy chủ',
    waiting: 'Đang chờ máy chủ để báo kết thúc (Ctrl-C để thôi)',
  },
  en: {
    playing: 'Play starts',
    left: 'Left',
    until: 'until',
    unlimited: 'No time limit',
    offline: 'The gateway is away; play may go on until',
    online: 'The gateway is back',
    save: 'Time is nearly up, save the game. Left',
    refused: 'No play',
    nextAllowed: 'Play is allowed again from',
    ended: 'Ended',
    played: 'Played at this seat',
    countedToday: 'Counted today for this game',
    acknowledged: 'The gateway has acknowledged the end',
    unacknowledged: 'The gateway has NOT acknowledged the end; the session closes itself at the last contact',
    unknownSession: 'The gateway keeps this session no more; it was closed at the last contact',
    unconfirmed: 'Play without an answer of the gateway',
    waiting: 'Waiting for the gateway to report the end (Ctrl-C to give up)',
  },
};

/** `1:02:05`, `4:09`. Part of a second left is a second. */
export function durationText(ms: number): string {
  const totalS = Math.ceil(ms / SECOND_MS);
  const [hours, minutes, seconds] = [
    Math.floor(totalS / HOUR_S),
    Math.floor((totalS % HOUR_S) / MINUTE_S),
    totalS % MINUTE_S,
  ];
  const two = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** Wall time of the zone, `21:55:00`. */
export function clockText(instant: string, timeZone: string): string {
  return new Date(instant).toLocaleTimeString('en-GB', { hour12: false, timeZone });
}

/** With its day, `2026-10-15 08:00:00`. */
export function dateText(instant: string, timeZone: string): string {
  return `${new Date(instant).toLocaleDateString('sv-SE', { timeZone })} ${clockText(instant, timeZone)}`;
}
