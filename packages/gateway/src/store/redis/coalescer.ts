/** Most items handed to the store in one call, so that no script holds Redis for more than about a millisecond. */
export const ITEMS_PER_CALL_MAX = 64;
/** Items that may wait or be under way at once; more are refused at once instead of late. */
export const ITEMS_WAITING_MAX = 20_000;

/**
 * Gathers items that arrive in the same turn of the event loop into calls of up to `ITEMS_PER_CALL_MAX`.
 * `send` answers item by item, in order; when it fails, every item of that call fails with its error.
 */
export class Coalescer<Item, Reply> {
  private waiting: { item: Item; resolve: (reply: Reply) => void; reject: (error: unknown) => void }[] = [];
  private underWay = 0;
  private readonly send: (items: readonly Item[]) => Promise<readonly Reply[]>;
  private readonly overloaded: () => Error;
  private readonly waitingMax: number;

  constructor(
    send: (items: readonly Item[]) => Promise<readonly Reply[]>,
    overloaded: () => Error,
    waitingMax = ITEMS_WAITING_MAX,
  ) {
    this.send = send;
    this.overloaded = overloaded;
    this.waitingMax = waitingMax;
  }

  add(item: Item): Promise<Reply> {
    if (this.waiting.length + this.underWay >= this.waitingMax) return Promise.reject(this.overloaded());
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ item, resolve, reject });
    });
  }

  private flush(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let from = 0; from < all.length; from += ITEMS_PER_CALL_MAX) {
      void this.call(all.slice(from, from + ITEMS_PER_CALL_MAX));
    }
  }

  private async call(batch: typeof this.waiting): Promise<void> {
    this.underWay += batch.length;
    try {
      const replies = await this.send(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(replies[index]!);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.underWay -= batch.length;
    }
  }
}
