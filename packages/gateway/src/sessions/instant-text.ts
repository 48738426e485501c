// Instants as text, for answers to heartbeats: each holds four, and what the instants of a minute have in common is kept.
import { formatInstant, type Instant, MINUTE_MS } from '@playgate/policy';

const SECOND_MS = 1_000;
/** Those of a day and more; then it begins anew. */
const MINUTES_KEPT_MAX = 2_000;
const AFTER_MINUTE = '00.000Z';

const SECONDS = Array.from({ length: MINUTE_MS / SECOND_MS }, (_, second) => `${String(second).padStart(2, '0')}.`);
const MILLISECONDS = Array.from({ length: SECOND_MS }, (_, ms) => `${String(ms).padStart(3, '0')}Z`);
const minutes = new Map<number, string>();

/** As `formatInstant`. */
export function instantText(at: Instant): string {
  const minute = Math.floor(at / MINUTE_MS);
  const restMs = Math.floor(at - minute * MINUTE_MS);
  const second = Math.floor(restMs / SECOND_MS);
  return (minutes.get(minute) ?? keepMinute(minute)) + SECONDS[second] + MILLISECONDS[restMs - second * SECOND_MS];
}

function keepMinute(minute: number): string {
  const text = formatInstant(minute * MINUTE_MS).slice(0, -AFTER_MINUTE.length);
  if (minutes.size >= MINUTES_KEPT_MAX) minutes.clear();
  minutes.set(minute, text);
  return text;
}
