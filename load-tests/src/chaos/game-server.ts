// A game server that beats for its players in batches, over all shards, and keeps what became of each item.
import type { Reply } from './http-client.ts';
import type { Stage } from './stage.ts';

const UNAVAILABLE = 'ledger_unavailable';

interface Item {
  readonly sessionId: string;
  readonly verdict?: string;
  readonly code?: string;
}

interface Held {
  readonly sessionId: string;
  readonly sessionToken: string;
}

/** What was seen since the tally was taken last. */
export interface BatchTally {
  requests: number;
  /** Requests that were not answered item by item. */
  refused: number;
  /** Items of sessions on shards that are said to be well, answered with anything but a verdict. */
  healthyFailed: number;
  /** Items of the others that were put off. */
  unavailable: number;
  /** Items of the others that were answered with neither a verdict nor that. */
  broken: number;
}

const nothing = (): BatchTally => ({ requests: 0, refused: 0, healthyFailed: 0, unavailable: 0, broken: 0 });

export class GameServer {
  readonly #stage: Stage;
  readonly #held: readonly Held[];
  readonly failures: string[] = [];
  /** The shard of these sessions is down. */
  orphans: ReadonlySet<string> = new Set();
  #tally = nothing();
  #seq = 0;
  #isOver = false;
  /** When each session was last told a verdict: performance.now(). */
  readonly #answeredAt = new Map<string, number>();

  private constructor(stage: Stage, held: readonly Held[]) {
    this.#stage = stage;
    this.#held = held;
  }

  /** One child for each session. */
  static async open(stage: Stage, sessions: number, gameId: string): Promise<GameServer> {
    const held = await Promise.all(
      Array.from({ length: sessions }, async (_, index) => {
        const { ageToken } = await stage.verify(`batch-${index}`);
        return stage.client.must<Held>('/v1/sessions', stage.secretKey, { ageToken, gameId });
      }),
    );
    return new GameServer(stage, held);
  }

  get sessionIds(): readonly string[] {
    return this.#held.map(({ sessionId }) => sessionId);
  }

  takeTally(): BatchTally {
    const tally = this.#tally;
    this.#tally = nothing();
    return tally;
  }

  /** Until `stop`; then closes all. */
  async play(everyMs: number): Promise<void> {
    while (!this.#isOver) {
      await this.#beat();
      await sleep(everyMs);
    }
    await Promise.all(
      this.#held.map(({ sessionId, sessionToken }) =>
        this.#stage.client.must(`/v1/sessions/${sessionId}/close`, sessionToken, { reason: 'quit' }),
      ),
    );
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Milliseconds until each session is told a verdict again, or null after `msMax`. */
  async msUntilAllAnswered(msMax: number): Promise<number | null> {
    const startedAt = performance.now();
    const isBehind = (sessionId: string) => (this.#answeredAt.get(sessionId) ?? 0) <= startedAt;
    while (this.sessionIds.some(isBehind)) {
      if (performance.now() - startedAt > msMax) return null;
      await sleep(POLL_MS);
    }
    return performance.now() - startedAt;
  }

  async #beat(): Promise<void> {
    const seq = ++this.#seq;
    const beats = this.#held.map(({ sessionId }) => ({ sessionId, seq, state: 'active' }));
    const reply = await this.#stage.client.post('/v1/heartbeats', this.#stage.secretKey, { beats });
    this.#tally.requests += 1;
    if (reply.status === 200) for (const item of itemsOf(reply)) this.#note(item);
    else this.#tell('refused', `a batch was answered with ${reply.status} ${JSON.stringify(reply.body)}`);
  }

  #note(item: Item): void {
    if (item.verdict !== undefined) {
      this.#answeredAt.set(item.sessionId, performance.now());
    } else if (!this.orphans.has(item.sessionId)) {
      this.#tell('healthyFailed', `an item of a shard that is well was answered with ${item.code}`);
    } else if (item.code === UNAVAILABLE) {
      this.#tally.unavailable += 1;
    } else {
      this.#tell('broken', `an item of the shard that is down was answered with ${item.code}`);
    }
  }

  #tell(what: 'refused' | 'healthyFailed' | 'broken', failure: string): void {
    if (this.#tally[what] === 0) this.failures.push(failure);
    this.#tally[what] += 1;
  }
}

const POLL_MS = 20;
const itemsOf = ({ body }: Reply): readonly Item[] => (body as { readonly results: readonly Item[] }).results;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
