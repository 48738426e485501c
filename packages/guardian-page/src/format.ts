import { currentLocale, texts } from './language.ts';

const MINUTE_MS = 60_000;
/** Day before month, in both. */
const TAGS = { vi: 'vi', en: 'en-GB' } as const;

/** Whole minutes, rounded down: nobody is told of time that is not there. */
export function formatDuration(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 60) return texts().minutes(minutes);
  return texts().hoursMinutes(Math.floor(minutes / 60), minutes % 60);
}

export function formatDay(at: string, zone: string): string {
  return formatIn(at, zone, { weekday: 'long', day: 'numeric', month: 'long' });
}

export function formatMoment(at: string, zone: string): string {
  return formatIn(at, zone, { day: 'numeric', month: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

function formatIn(at: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(TAGS[currentLocale()], { ...options, timeZone: zone }).format(new Date(at));
}
