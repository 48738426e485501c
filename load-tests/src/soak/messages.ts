// What the soak and the process of its players say to each other.

export interface PlayOrder {
  readonly url: string;
  readonly port: number;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly gameId: string;
  /** In which a day is short. */
  readonly shortGameId: string;
  /** Sessions that are played at any time. */
  readonly sessions: number;
  /** Heartbeats; what else comes, comes beside them. */
  readonly perSecond: number;
  readonly windowMs: number;
  readonly windows: number;
}

/** What happened in a window. Heartbeats belong to the window in which they were due. */
export interface WindowTally {
  readonly beats: number;
  /** Answers to everything, heartbeats included. */
  readonly answered: number;
  /** Of those, not what was to be answered, or none at all. */
  readonly failed: number;
  /** Of those, honest refusals of a gateway that has too much to do. */
  readonly shed: number;
  readonly firstFailure: string | null;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly lateP99: number };
  readonly opened: number;
  readonly closed: number;
  /** Sessions left without a word. */
  readonly silent: number;
  /** Players whose day was used up; each makes room for a new one. */
  readonly spent: number;
  readonly verified: number;
  readonly reports: number;
  readonly live: number;
}

export type PlayersMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'window'; readonly tally: WindowTally }
  | { readonly kind: 'over' }
  | { readonly kind: 'broken'; readonly error: string };
