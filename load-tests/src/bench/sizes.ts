/** How much is measured. */
export interface Sizes {
  readonly rounds: number;
  readonly roundMs: number;
  /** Of the generator, each with one request at a time. */
  readonly connections: number;
  /** Sessions that beat in turn: more than there are beats under way, so that none overtakes another of its session. */
  readonly sessions: number;
  /** Starts, at a fixed rate. */
  readonly startsPerRound: number;
  readonly ledgerMinors: number;
  readonly liveSessions: number;
  /** How long live sessions beat at their own pace while memory is watched. */
  readonly steadyMs: number;
  readonly pumpedEvents: number;
  readonly reportRounds: number;
  /** Share of the month of a million events that is reported on. */
  readonly reportScale: number;
  readonly boots: number;
  readonly firstBoots: number;
  readonly npmStarts: number;
}

export const FULL: Sizes = {
  rounds: 7,
  roundMs: 5_000,
  connections: 64,
  sessions: 2_000,
  startsPerRound: 500,
  ledgerMinors: 1_000_000,
  liveSessions: 100_000,
  steadyMs: 60_000,
  pumpedEvents: 60_000,
  reportRounds: 5,
  reportScale: 1,
  boots: 7,
  firstBoots: 3,
  npmStarts: 5,
};

export const QUICK: Sizes = {
  rounds: 3,
  roundMs: 1_000,
  connections: 64,
  sessions: 2_000,
  startsPerRound: 60,
  ledgerMinors: 30_000,
  liveSessions: 10_000,
  steadyMs: 3_000,
  pumpedEvents: 10_000,
  reportRounds: 2,
  reportScale: 0.05,
  boots: 2,
  firstBoots: 1,
  npmStarts: 1,
};
