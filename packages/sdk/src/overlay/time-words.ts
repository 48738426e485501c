// Times in a player's words. Pure.
import type { Locale } from '../options.ts';
import { fillText, type OverlayTexts } from './texts.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Below this a countdown shows seconds; above it they would only hurry. */
const CLOCK_BELOW_MS = 5 * MINUTE_MS;

/** `75 min`, as the law counts, or `30 s`: rounded up, so that it never says 0 while there is time. */
export function durationWords(ms: number, texts: OverlayTexts): string {
  if (ms < MINUTE_MS) return fillText(texts.seconds, { seconds: Math.ceil(ms / SECOND_MS) });
  return fillText(texts.minutes, { minutes: Math.ceil(ms / MINUTE_MS) });
}

/** As `durationWords` while there is plenty, `4:59` near the end. */
export function countdownWords(ms: number, texts: OverlayTexts): string {
  if (ms > CLOCK_BELOW_MS) return durationWords(ms, texts);
  const seconds = Math.ceil(ms / SECOND_MS);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export interface Place {
  readonly locale: Locale;
  /** IANA name; undefined: the device's own. */
  readonly timeZone: string | undefined;
}

/** `00:00 tomorrow`. @param nowAt, at instants, RFC 3339 */
export function nextWords(at: string, nowAt: string, { locale, timeZone }: Place, texts: OverlayTexts): string {
  const format = (options: Intl.DateTimeFormatOptions, instant: number) =>
    new Intl.DateTimeFormat(locale === 'vi' ? 'vi-VN' : 'en-GB', { timeZone, ...options }).format(instant);
  const [next, now] = [Date.parse(at), Date.parse(nowAt)];
  const dayOf = (instant: number) => format({ year: 'numeric', month: 'numeric', day: 'numeric' }, instant);
  const near = [texts.today, texts.tomorrow].find((_, index) => dayOf(now + index * DAY_MS) === dayOf(next));
  const day = near ?? format({ weekday: 'long', day: 'numeric', month: 'numeric' }, next);
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, next);
  return fillText(texts.next, { day, time });
}
