import type { Platform } from '@playgate/sdk';
import type { ManualClock } from './test-gateway.ts';

/** A device whose time only moves with the gateway's. */
export class VirtualDevice {
  isConnected = true;
  private readonly clock: ManualClock;
  private readonly timers = new Map<number, { at: number; callback: () => void }>();
  private lastTimer = 0;
  private underWay = 0;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  readonly platform: Platform = {
    fetch: async (url, request) => {
      if (!this.isConnected) throw new TypeError('fetch failed');
      this.underWay++;
      try {
        const response = await fetch(url, request as RequestInit);
        const text = await response.text();
        return { status: response.status, headers: response.headers, text: async () => text };
      } finally {
        this.underWay--;
      }
    },
    monotonicMs: () => this.clock.now(),
    wallMs: () => this.clock.now(),
    setTimer: (callback, delayMs) => {
      this.timers.set(++this.lastTimer, { at: this.clock.now() + Math.max(0, delayMs), callback });
      return this.lastTimer;
    },
    clearTimer: (timer) => {
      this.timers.delete(timer as number);
    },
    random: Math.random,
    watchPage: () => () => {},
  };

  /** Lets time pass, every timer firing at its instant and every answer arriving before the next. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    for (;;) {
      await this.settle();
      const [next] = [...this.timers].sort(([, a], [, b]) => a.at - b.at);
      if (next === undefined || next[1].at > until) break;
      const [timer, { at, callback }] = next;
      this.timers.delete(timer);
      this.clock.set(Math.max(this.clock.now(), at));
      callback();
    }
    this.clock.set(until);
  }

  async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.underWay > 0);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
