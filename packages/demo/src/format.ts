import { currentLocale } from './language.ts';

const localeTag = () => (currentLocale() === 'vi' ? 'vi-VN' : 'en-GB');

/** `4:05`, `1:04:05`; a started second counts, so that 0:00 means the end. */
export function formatCountdown(ms: number): string {
  return clockText(Math.ceil(ms / 1000));
}

/** `4:05`, `1:04:05`; only whole seconds count, so that a limit is shown when it is reached. */
export function formatUsed(ms: number): string {
  return clockText(Math.floor(ms / 1000));
}

function clockText(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(seconds % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}

export function formatTime(at: number, zone: string): string {
  return new Intl.DateTimeFormat(localeTag(), { timeZone: zone, timeStyle: 'medium', hourCycle: 'h23' }).format(at);
}

export function formatDay(at: number, zone: string): string {
  const parts = { weekday: 'long', day: 'numeric', month: 'numeric', year: 'numeric' } as const;
  return new Intl.DateTimeFormat(localeTag(), { timeZone: zone, ...parts }).format(at);
}

/** Time of day, then the day: `00:00, thứ Bảy 22/11`. */
export function formatMoment(at: number, zone: string): string {
  const time = new Intl.DateTimeFormat(localeTag(), {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  const day = new Intl.DateTimeFormat(localeTag(), {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'numeric',
  }).format(at);
  return `${time}, ${day}`;
}
