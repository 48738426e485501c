// How much more work there is than this gateway can do, as one level: what is late (its event loop, the ledger) and what waits.
// A level is reached at once and left slowly, so that one that is about right does not swing to and fro. Pure.

export const LOAD_LEVELS = [0, 1, 2, 3] as const;
/** 0: no more than it can do. */
export type LoadLevel = (typeof LOAD_LEVELS)[number];

/** Of the time since the reading before. */
export interface LoadReading {
  /** How late timers of the event loop were on average. */
  readonly loopLagMs: number;
  /** How long the slowest of twenty calls of the ledger took. */
  readonly ledgerMs: number;
  /** Heartbeats that wait for the ledger or are under way to it. */
  readonly waiting: number;
}

/** From where on a reading is of a level, by any of the three. */
const STEPS: readonly { readonly level: LoadLevel; readonly from: LoadReading }[] = [
  { level: 3, from: { loopLagMs: 500, ledgerMs: 1_000, waiting: 12_000 } },
  { level: 2, from: { loopLagMs: 200, ledgerMs: 400, waiting: 6_000 } },
  { level: 1, from: { loopLagMs: 80, ledgerMs: 150, waiting: 2_000 } },
];
/** One late reading may be a collection of garbage or a neighbour. */
export const READINGS_TO_RISE = 2;
export const READINGS_TO_FALL = 15;

export function levelOf(reading: LoadReading): LoadLevel {
  const { ledgerMs, loopLagMs, waiting } = reading;
  const step = STEPS.find(
    ({ from }) => loopLagMs >= from.loopLagMs || ledgerMs >= from.ledgerMs || waiting >= from.waiting,
  );
  return step?.level ?? 0;
}

export interface LoadState {
  readonly level: LoadLevel;
  /** Readings in a row above the level, and below it. */
  readonly above: number;
  readonly below: number;
}

export const AT_REST: LoadState = { level: 0, above: 0, below: 0 };

/** It rises to the level of the reading, and falls by one. */
export function nextLoad({ above, below, level }: LoadState, reading: LoadReading): LoadState {
  const read = levelOf(reading);
  if (read > level) {
    return above + 1 < READINGS_TO_RISE ? { level, above: above + 1, below: 0 } : { level: read, above: 0, below: 0 };
  }
  if (read === level) return { level, above: 0, below: 0 };
  if (below + 1 < READINGS_TO_FALL) return { level, above: 0, below: below + 1 };
  return { level: (level - 1) as LoadLevel, above: 0, below: 0 };
}
