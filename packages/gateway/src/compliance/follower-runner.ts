// Keeps the followers of the log at its head. Each goes at its own pace: one that fails stays where it is, is tried again at the
// next run, and holds up no other.
import type { LogFollower } from './log-follower.ts';

/** Events a follower takes in within one transaction. */
export const EVENTS_PER_STEP_MAX = 2_000;

/** How far a follower is: everything below `nextSeq` is taken in; the log holds everything below `headSeq`. */
export interface FollowerPlace {
  readonly nextSeq: number;
  readonly headSeq: number;
}

/** The log as followers read it. */
export interface FollowedLog<Db> {
  /** By name; a follower that never ran is at 0. One question for all. */
  readPlaces(names: readonly string[]): Promise<ReadonlyMap<string, FollowerPlace>>;
  /** Applies the next events and moves the cursor in one transaction. Null: another gateway is at it. */
  advance(follower: LogFollower<Db>, countMax: number): Promise<FollowerPlace | null>;
  /** Forgets what a follower made and starts it anew. Throws for one that cannot. */
  restart(follower: LogFollower<Db>): Promise<void>;
}

export interface FollowerRunnerOptions<Db> {
  readonly log: FollowedLog<Db>;
  readonly followers: readonly LogFollower<Db>[];
  readonly onTrouble: (what: string, error: unknown) => void;
}

export class FollowerRunner<Db = unknown> {
  readonly #options: FollowerRunnerOptions<Db>;
  readonly #lags = new Map<string, number>();
  readonly #behind = new Set<string>();
  #running: Promise<boolean> | null = null;
  #next: Promise<boolean> | null = null;

  constructor(options: FollowerRunnerOptions<Db>) {
    this.#options = options;
  }

  /** Events of the log not yet taken in, by follower, as of the last run. */
  get lags(): ReadonlyMap<string, number> {
    return this.#lags;
  }

  /** Followers that the last run could not bring to where the log was. */
  get behind(): ReadonlySet<string> {
    return this.#behind;
  }

  /**
   * Brings all followers to where the log was when it was called; true when they are there. A call during a run waits for a run
   * of its own. Throws only where the log cannot be read at all.
   */
  run(): Promise<boolean> {
    if (this.#running === null) return this.#start();
    this.#next ??= this.#running
      .catch(() => false)
      .then(() => {
        this.#next = null;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<boolean> {
    const running = this.#runAll().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }

  async #runAll(): Promise<boolean> {
    const { followers, log, onTrouble } = this.#options;
    const places = await log.readPlaces(followers.map(({ name }) => name));
    let isThere = true;
    for (const follower of followers) {
      const place = places.get(follower.name)!;
      this.#lags.set(follower.name, place.headSeq - place.nextSeq);
      this.#behind.add(follower.name);
      try {
        if (place.nextSeq >= place.headSeq || (await this.#bring(follower, place.headSeq)))
          this.#behind.delete(follower.name);
        else isThere = false;
      } catch (error) {
        isThere = false;
        onTrouble(`follower ${follower.name} stands still`, error);
      }
    }
    return isThere;
  }

  async #bring(follower: LogFollower<Db>, toSeq: number): Promise<boolean> {
    for (;;) {
      const place = await this.#options.log.advance(follower, EVENTS_PER_STEP_MAX);
      if (place === null) return false;
      this.#lags.set(follower.name, place.headSeq - place.nextSeq);
      if (place.nextSeq >= toSeq) return true;
    }
  }
}
