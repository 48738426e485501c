// Gathers what arrives in the same turn of the event loop into calls. Only some calls are under way at once: what comes on top
// waits here, in its order, where it can still be refused in time. In Redis it would wait as well, and be answered after everybody
// has given it up, which is work for nothing when there is too much of it.

/** Most items handed to the store in one call, so that no script holds Redis for more than about a millisecond. */
export const ITEMS_PER_CALL_MAX = 64;
/** Together they take Redis a tenth of the time after which a call is given up; enough for it to have the next when one is answered. */
export const CALLS_UNDER_WAY_MAX = 16;
/** Items that may wait or be under way at once; more are refused at once instead of late. */
export const ITEMS_WAITING_MAX = 20_000;
/** Who waited longer is refused unasked: half of the time after which the SDK takes an answer for lost. */
export const WAIT_MS_MAX = 2_500;

/** When a call fails and none was answered for so long, there is nobody who answers. */
const SILENT_MS = 200;

export interface CoalescerOptions<Item, Reply> {
  /** Answers item by item, in order; when it fails, every item of the call fails with its error. */
  readonly send: (items: readonly Item[]) => Promise<readonly Reply[]>;
  /** What refused items fail with. */
  readonly overloaded: () => Error;
  /** Of items that go before all others and are not refused, however many or old they are. Default: none. */
  readonly isUrgent?: (item: Item) => boolean;
  /** Default: CALLS_UNDER_WAY_MAX. */
  readonly callsUnderWayMax?: number;
  /** Default: ITEMS_WAITING_MAX. */
  readonly itemsWaitingMax?: number;
  /** Milliseconds of a clock that nobody sets. */
  readonly nowMs?: () => number;
}

interface Waiting<Item, Reply> {
  readonly item: Item;
  readonly sinceMs: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

export class Coalescer<Item, Reply> {
  readonly #options: Required<CoalescerOptions<Item, Reply>>;
  #urgent: Waiting<Item, Reply>[] = [];
  #others: Waiting<Item, Reply>[] = [];
  /** Those before it have left. */
  #firstOther = 0;
  #itemsUnderWay = 0;
  #callsUnderWay = 0;
  #isScheduled = false;
  #answeredMs = Number.NEGATIVE_INFINITY;

  constructor(options: CoalescerOptions<Item, Reply>) {
    this.#options = {
      isUrgent: () => false,
      callsUnderWayMax: CALLS_UNDER_WAY_MAX,
      itemsWaitingMax: ITEMS_WAITING_MAX,
      nowMs: () => performance.now(),
      ...options,
    };
  }

  add(item: Item): Promise<Reply> {
    const { isUrgent, itemsWaitingMax, nowMs, overloaded } = this.#options;
    const isFirst = isUrgent(item);
    if (!isFirst && this.#waiting + this.#itemsUnderWay >= itemsWaitingMax) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      (isFirst ? this.#urgent : this.#others).push({ item, sinceMs: nowMs(), resolve, reject });
      this.#schedule();
    });
  }

  get #waiting(): number {
    return this.#urgent.length + this.#others.length - this.#firstOther;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting === 0) return;
    this.#isScheduled = true;
    // Never in the turn of a reply: answers that bring the next requests before the turn is over would make it endless.
    setImmediate(() => {
      this.#isScheduled = false;
      while (this.#callsUnderWay < this.#options.callsUnderWayMax && this.#waiting > 0) {
        const batch = this.#take();
        if (batch.length > 0) void this.#call(batch);
      }
    });
  }

  #take(): readonly Waiting<Item, Reply>[] {
    const batch = this.#urgent.splice(0, ITEMS_PER_CALL_MAX);
    const oldestMs = this.#options.nowMs() - WAIT_MS_MAX;
    while (batch.length < ITEMS_PER_CALL_MAX && this.#firstOther < this.#others.length) {
      const next = this.#others[this.#firstOther++]!;
      if (next.sinceMs < oldestMs) next.reject(this.#options.overloaded());
      else batch.push(next);
    }
    if (this.#firstOther === this.#others.length || this.#firstOther >= ITEMS_WAITING_MAX) {
      this.#others = this.#others.slice(this.#firstOther);
      this.#firstOther = 0;
    }
    return batch;
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
      if (isSilent) for (const { reject } of this.#takeAll()) reject(error);
    } finally {
      this.#itemsUnderWay -= batch.length;
      this.#callsUnderWay -= 1;
    }
    this.#schedule();
  }

  #takeAll(): readonly Waiting<Item, Reply>[] {
    const all = [...this.#urgent, ...this.#others.slice(this.#firstOther)];
    this.#urgent = [];
    this.#others = [];
    this.#firstOther = 0;
    return all;
  }
}
