// Gathers what arrives in the same turn of the event loop into calls. Only some calls are under way at once: what comes on top
// waits here, in its order, where it can still be refused in time. In Redis it would wait as well, and be answered after everybody
// has given it up, which is work for nothing when there is too much of it.
import { BEAT_WAIT_MS_MAX, FIRST_WAIT_MS_MAX } from '../../sessions/beat-wait.ts';
import { WaitingLine } from './waiting-line.ts';

/** Most items handed to the store in one call, so that no script holds Redis for more than about a millisecond. */
export const ITEMS_PER_CALL_MAX = 64;
/** So many go at once: Redis works on them while the loop reads the requests that are left. */
export const ITEMS_AT_ONCE = 20;
/** Together they take Redis a tenth of the time after which a call is given up; enough for it to have the next when one is answered. */
export const CALLS_UNDER_WAY_MAX = 16;
/** Items that may wait or be under way at once, urgent ones aside; more are refused at once instead of late. */
export const ITEMS_WAITING_MAX = 20_000;
/** Urgent items that may wait: each has a connection of its own, so that the server lets no more in (`CONNECTIONS_MAX`). */
export const URGENT_WAITING_MAX = 120_000;
/** Of the places of a call while others wait: when a window closes for everybody, those who play on go on beside the ends. */
export const URGENT_SHARE_MAX = 0.5;

/** When a call fails and none was answered for so long, there is nobody who answers. */
const SILENT_MS = 200;

export interface CoalescerOptions<Item, Reply> {
  /** Answers item by item, in order; when it fails, every item of the call fails with its error. */
  readonly send: (items: readonly Item[]) => Promise<readonly Reply[]>;
  /** What refused items fail with. */
  readonly overloaded: () => Error;
  /**
   * Of items that go before the others, as far as their share of a call reaches, and are not refused for their age; they fail with a
   * store that does not answer. Default: none.
   */
  readonly isUrgent?: (item: Item) => boolean;
  /**
   * Of items that a call sent back for something, and that come again: they go before those who have not been here, and have
   * BEAT_WAIT_MS_MAX in all, so that where much waits not all who come again come to nothing. Default: none.
   */
  readonly isAgain?: (item: Item) => boolean;
  /** Items of one name keep their order, whatever is urgent. Default: only those that are equally urgent do. */
  readonly orderedBy?: (item: Item) => string;
  /** Default: ITEMS_AT_ONCE. */
  readonly itemsAtOnce?: number;
  /** Default: CALLS_UNDER_WAY_MAX. */
  readonly callsUnderWayMax?: number;
  /** Default: ITEMS_WAITING_MAX. */
  readonly itemsWaitingMax?: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly nowMs?: () => number;
}

interface Waiting<Item, Reply> {
  readonly item: Item;
  readonly isUrgent: boolean;
  readonly sinceMs: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

interface Order<Item, Reply> {
  readonly line: WaitingLine<Waiting<Item, Reply>>;
  waiting: number;
}

export class Coalescer<Item, Reply> {
  readonly #options: Required<Omit<CoalescerOptions<Item, Reply>, 'orderedBy'>> &
    Pick<CoalescerOptions<Item, Reply>, 'orderedBy'>;
  readonly #urgent = new WaitingLine<Waiting<Item, Reply>>();
  readonly #again = new WaitingLine<Waiting<Item, Reply>>();
  readonly #others = new WaitingLine<Waiting<Item, Reply>>();
  /** Where the items of an order wait, by its name. Of nothing that holds an item: see short-lived-set.ts. */
  readonly #orders = new Map<string, Order<Item, Reply>>();
  #itemsUnderWay = 0;
  #callsUnderWay = 0;
  #isScheduled = false;
  #answeredMs = Number.NEGATIVE_INFINITY;

  constructor(options: CoalescerOptions<Item, Reply>) {
    this.#options = {
      isUrgent: () => false,
      isAgain: () => false,
      itemsAtOnce: ITEMS_AT_ONCE,
      callsUnderWayMax: CALLS_UNDER_WAY_MAX,
      itemsWaitingMax: ITEMS_WAITING_MAX,
      nowMs: () => performance.now(),
      ...options,
    };
  }

  /** `sinceMs`: since when the caller waits, by the clock of the options. Default: now. */
  add(item: Item, sinceMs = this.#options.nowMs()): Promise<Reply> {
    const isUrgent = this.#options.isUrgent(item);
    const own = this.#lineOf(item, isUrgent);
    if (this.#isTooMuch(own)) return Promise.reject(this.#options.overloaded());
    const line = this.#keepOrder(item, own);
    return new Promise((resolve, reject) => {
      line.push({ item, isUrgent, sinceMs, resolve, reject });
      if (this.#waiting >= this.#options.itemsAtOnce) this.#sendWaiting();
      else this.#schedule();
    });
  }

  #lineOf(item: Item, isUrgent: boolean): WaitingLine<Waiting<Item, Reply>> {
    if (isUrgent) return this.#urgent;
    return this.#options.isAgain(item) ? this.#again : this.#others;
  }

  /** Its own line, or that in which others of its order wait. */
  #keepOrder(item: Item, own: WaitingLine<Waiting<Item, Reply>>): WaitingLine<Waiting<Item, Reply>> {
    const name = this.#options.orderedBy?.(item);
    if (name === undefined) return own;
    const order = this.#orders.get(name);
    if (order === undefined) this.#orders.set(name, { line: own, waiting: 1 });
    else order.waiting++;
    return order?.line ?? own;
  }

  /** Those who come again are never too many: they were let in once. */
  #isTooMuch(line: WaitingLine<Waiting<Item, Reply>>): boolean {
    if (line === this.#urgent) return line.length >= URGENT_WAITING_MAX;
    return line === this.#others && line.length + this.#itemsUnderWay >= this.#options.itemsWaitingMax;
  }

  get #waiting(): number {
    return this.#urgent.length + this.#again.length + this.#others.length;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting === 0) return;
    this.#isScheduled = true;
    // Never in the turn of a reply: answers that bring the next requests before the turn is over would make it endless.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    while (this.#callsUnderWay < this.#options.callsUnderWayMax && this.#waiting > 0) {
      const batch = this.#take();
      if (batch.length > 0) void this.#call(batch);
    }
  }

  #take(): readonly Waiting<Item, Reply>[] {
    const batch: Waiting<Item, Reply>[] = [];
    const isShared = this.#waiting > this.#urgent.length;
    this.#move(this.#urgent, batch, isShared ? URGENT_SHARE_MAX * ITEMS_PER_CALL_MAX : ITEMS_PER_CALL_MAX);
    this.#move(this.#again, batch, ITEMS_PER_CALL_MAX);
    this.#move(this.#others, batch, ITEMS_PER_CALL_MAX);
    this.#move(this.#urgent, batch, ITEMS_PER_CALL_MAX);
    return batch;
  }

  /** From a line into a batch, until that has so many; who waited too long is refused. */
  #move(line: WaitingLine<Waiting<Item, Reply>>, batch: Waiting<Item, Reply>[], itemsMax: number): void {
    const oldestMs = this.#options.nowMs() - (line === this.#others ? FIRST_WAIT_MS_MAX : BEAT_WAIT_MS_MAX);
    while (batch.length < itemsMax) {
      const next = this.#shift(line);
      if (next === undefined) return;
      if (next.sinceMs < oldestMs && !next.isUrgent) next.reject(this.#options.overloaded());
      else batch.push(next);
    }
  }

  #shift(line: WaitingLine<Waiting<Item, Reply>>): Waiting<Item, Reply> | undefined {
    const next = line.shift();
    const name = next && this.#options.orderedBy?.(next.item);
    const order = name === undefined ? undefined : this.#orders.get(name);
    if (order !== undefined && --order.waiting === 0) this.#orders.delete(name!);
    return next;
  }

  async #call(batch: readonly Waiting<Item, Reply>[]): Promise<void> {
    this.#itemsUnderWay += batch.length;
    this.#callsUnderWay += 1;
    try {
      const replies = await this.#options.send(batch.map(({ item }) => item));
      this.#answeredMs = this.#options.nowMs();
      batch.forEach(({ resolve }, index) => {
        resolve(replies[index]!);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
      // Those who wait would only wait for the same.
      const isSilent = this.#options.nowMs() - this.#answeredMs > SILENT_MS;
      if (isSilent) this.#rejectAll(error);
    } finally {
      this.#itemsUnderWay -= batch.length;
      this.#callsUnderWay -= 1;
    }
    this.#schedule();
  }

  /** Urgent ones, too. */
  #rejectAll(error: unknown): void {
    for (const line of [this.#urgent, this.#again, this.#others]) {
      for (let next = this.#shift(line); next !== undefined; next = this.#shift(line)) next.reject(error);
    }
  }
}
