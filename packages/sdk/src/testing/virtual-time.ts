// Time that passes only when it is told to. Timers run at their own instants, and what they send is answered before the
// next one runs, so a test of an hour takes as long as its requests.

/** 10:00 in Vietnam on a day of no holiday; any start will do. */
const START_AT_DEFAULT = '2026-11-20T10:00:00+07:00';
/** Longer than any wait of the SDK for something that still comes. */
const UNTIL_MS_MAX = 3_600_000;
const UNTIL_STEP_MS = 1_000;

export interface VirtualTimer {
  readonly at: number;
  readonly callback: () => void;
  readonly canRun: () => boolean;
}

export class VirtualTime {
  readonly #timers = new Set<VirtualTimer>();
  #now: number;
  #held = 0;

  /** @param startAt RFC 3339, or milliseconds since the epoch */
  constructor(startAt: string | number = START_AT_DEFAULT) {
    this.#now = instantOf(startAt);
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#now;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  /** @param canRun while false, the timer waits past its instant */
  setTimer(callback: () => void, delayMs: number, canRun: () => boolean = () => true): VirtualTimer {
    const timer = { at: this.#now + Math.max(0, delayMs), callback, canRun };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: VirtualTimer): void {
    this.#timers.delete(timer);
  }

  /** Time stands still until this has settled: it happens in real time, as a request over a socket does. */
  async hold<Value>(work: Promise<Value>): Promise<Value> {
    this.#held += 1;
    try {
      return await work;
    } finally {
      this.#held -= 1;
    }
  }

  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#now + ms);
  }

  /** @throws RangeError when that is past: time does not go back */
  async advanceTo(at: string | number): Promise<void> {
    const until = instantOf(at);
    if (until < this.#now) throw new RangeError(`it is ${new Date(this.#now).toISOString()}: time does not go back`);
    await this.settle();
    for (let timer = this.#nextTimer(until); timer !== undefined; timer = this.#nextTimer(until)) {
      this.#now = Math.max(this.#now, timer.at);
      this.#timers.delete(timer);
      timer.callback();
      await this.settle();
    }
    this.#now = until;
  }

  /** Lets time pass until the promise has settled, at most an hour. */
  async until<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const mark = () => {
      isSettled = true;
    };
    promise.then(mark, mark);
    const latest = this.#now + UNTIL_MS_MAX;
    for (await this.settle(); !isSettled && this.#now < latest; ) await this.advance(UNTIL_STEP_MS);
    if (!isSettled) throw new Error('an hour of virtual time passed and the promise has not settled');
    return promise;
  }

  /** Until nothing is held up and what came of it was worked off. */
  async settle(): Promise<void> {
    do await nextTurn();
    while (this.#held > 0);
    await nextTurn();
  }

  #nextTimer(until: number): VirtualTimer | undefined {
    let next: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= until && timer.canRun() && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }
}

export function instantOf(at: string | number): number {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  if (!Number.isFinite(ms)) throw new TypeError(`${at} is not an instant`);
  return ms;
}

/** A turn of the event loop. Node's own is preferred: it comes after what sockets have to tell. */
function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };
  if (setImmediate !== undefined) return new Promise((resolve) => void setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const onmessage = () => {
      port1.close();
      resolve();
    };
    // The types of a page and of Node name this differently.
    Object.assign(port1, { onmessage });
    port2.postMessage(null);
  });
}
