// One line of the log for each security event, and an end to it: somebody who tries a million keys must not fill the disk.
import type { Logger } from 'pino';

/** Lines of one kind within a window; what is beyond is counted, and the count is told with the next line. */
export const SECURITY_LINES_MAX = 20;
export const SECURITY_WINDOW_MS = 10_000;

/** As many as there are people who work here: none of these lines may be missing. */
const NEVER_LEFT_OUT: ReadonlySet<string> = new Set(['signed_in', 'signed_out']);

interface Window {
  endsAtMs: number;
  lines: number;
  leftOut: number;
}

/** `monotonicMs`: a clock that is never set. */
export function createSecurityLog(
  logger: Pick<Logger, 'info' | 'warn'>,
  monotonicMs = () => performance.now(),
): (entry: { readonly event: string }) => void {
  const windows = new Map<string, Window>();
  return (entry) => {
    if (NEVER_LEFT_OUT.has(entry.event)) return logger.info(entry, 'security');
    const window = windowOf(windows, entry.event, monotonicMs());
    if (window.lines >= SECURITY_LINES_MAX) {
      window.leftOut++;
      return;
    }
    window.lines++;
    const { leftOut } = window;
    window.leftOut = 0;
    logger.warn({ ...entry, ...(leftOut > 0 && { leftOut }) }, 'security');
  };
}

function windowOf(windows: Map<string, Window>, event: string, nowMs: number): Window {
  const last = windows.get(event);
  if (last !== undefined && nowMs < last.endsAtMs) return last;
  const window = { endsAtMs: nowMs + SECURITY_WINDOW_MS, lines: 0, leftOut: last?.leftOut ?? 0 };
  windows.set(event, window);
  return window;
}
