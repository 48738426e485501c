import type { Logger } from 'pino';

/** The same trouble is written once in this time, with a count of what was left out: an outage must not fill the disk. */
export const TROUBLE_EVERY_MS = 10_000;
/** Different troubles told apart; more are few and short-lived. */
const TROUBLES_MAX = 1_000;

export type TellTrouble = (what: string, error: unknown) => void;

/** `monotonicMs`: a clock that is never set. */
export function createTroubleLog(logger: Pick<Logger, 'error'>, monotonicMs = () => performance.now()): TellTrouble {
  const told = new Map<string, { atMs: number; leftOut: number }>();
  return (what, error) => {
    const now = monotonicMs();
    const last = told.get(what);
    if (last !== undefined && now - last.atMs < TROUBLE_EVERY_MS) {
      last.leftOut++;
      return;
    }
    if (told.size >= TROUBLES_MAX) told.clear();
    told.set(what, { atMs: now, leftOut: 0 });
    logger.error({ err: error, ...(last !== undefined && last.leftOut > 0 && { leftOut: last.leftOut }) }, what);
  };
}
