// The process of the players: heartbeats at a fixed rate whatever becomes of those before, and everything that players cause beside.
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from '../bench/load/http-connection.ts';
import { Api } from './api.ts';
import type { PlayersMessage, PlayOrder } from './messages.ts';
import { Players } from './players.ts';
import { Tally } from './tally.ts';

/** Beyond so many under way, heartbeats wait here, and it counts. */
const CONNECTIONS = 64;
/** Timers are no finer. */
const TICK_MS = 1;
const REPORT_EVERY_MS = 20_000;
const LOOK_UP_EVERY_MS = 2_000;
const DAY_MS = 86_400_000;

const tell = (message: PlayersMessage) => process.send!(message);

class Play {
  readonly #order: PlayOrder;
  readonly #api: Api;
  readonly #players: Players;
  readonly #free: HttpConnection[];
  /** Those whose heartbeats are not all answered, and the present one; oldest first. */
  #windows: Tally[];
  #lost: Error | null = null;

  private constructor(order: PlayOrder, free: HttpConnection[]) {
    this.#order = order;
    this.#free = free;
    this.#windows = [this.#windowFrom(performance.now())];
    this.#api = new Api(order.url, () => this.#present);
    this.#players = new Players(order, this.#api, () => this.#present);
  }

  static async open(order: PlayOrder): Promise<Play> {
    const free: HttpConnection[] = [];
    const play = new Play(order, free);
    const onLost = (error: Error) => {
      play.#lost = error;
    };
    await play.#players.openAll();
    for (let count = 0; count < CONNECTIONS; count++) free.push(await HttpConnection.open(order.port, onLost));
    return play;
  }

  async run(): Promise<void> {
    this.#windows = [this.#windowFrom(performance.now())];
    const timers = [
      setInterval(() => void this.#report(), REPORT_EVERY_MS),
      setInterval(() => void this.#players.lookUp(), LOOK_UP_EVERY_MS),
    ];
    for (let told = 0; told < this.#order.windows; told += this.#tellOver()) {
      if (this.#lost !== null) throw this.#lost;
      const now = performance.now();
      if (now >= this.#present.endsAt) this.#windows.push(this.#windowFrom(this.#present.endsAt));
      for (const window of this.#windows) {
        window.arrivals.advance(now);
        this.#send(window);
      }
      await sleep(TICK_MS);
    }
    for (const timer of timers) clearInterval(timer);
  }

  get #present(): Tally {
    return this.#windows.at(-1)!;
  }

  #windowFrom(startsAt: number): Tally {
    const { perSecond, windowMs } = this.#order;
    return new Tally({ startsAt, perSecond, durationMs: windowMs });
  }

  #send(window: Tally): void {
    while (this.#free.length > 0) {
      const session = this.#players.next(performance.now());
      const dueAt = session === null ? undefined : window.arrivals.take();
      if (session === null || dueAt === undefined) return;
      const connection = this.#free.pop()!;
      connection.send(this.#players.beat(session), (answer) => {
        window.arrivals.answered(dueAt, performance.now());
        this.#free.push(connection);
        this.#players.answered(session, answer, window);
      });
    }
  }

  #tellOver(): number {
    const [oldest] = this.#windows;
    if (this.#windows.length < 2 || !oldest!.isOver(performance.now())) return 0;
    this.#windows.shift();
    tell({ kind: 'window', tally: oldest!.result(this.#players.live) });
    return 1;
  }

  async #report(): Promise<void> {
    const now = Date.now();
    const [from, to] = [new Date(now - DAY_MS), new Date(now + DAY_MS)].map((at) => at.toISOString().slice(0, 10));
    const path = `/v1/reports/daily?from=${from}&to=${to}`;
    const reply = await this.#api.call({ method: 'GET', path, token: this.#order.secretKey });
    if (reply !== null) this.#present.count('reports');
  }
}

process.once('message', async (order: PlayOrder) => {
  try {
    const play = await Play.open(order);
    tell({ kind: 'ready' });
    await play.run();
    tell({ kind: 'over' });
  } catch (error) {
    tell({ kind: 'broken', error: (error as Error).stack ?? String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
