// A device in virtual time: what the SDK takes for its host, and what a test does to it.
import type { PlayGuardOptions } from '../options.ts';
import type { PageState, Platform } from '../platform/platform.ts';
import { VirtualNetwork } from './virtual-network.ts';
import type { VirtualTime, VirtualTimer } from './virtual-time.ts';

/** Where a device's monotonic clock starts: nothing may rely on its being a round number or the time of day. */
const MONOTONIC_ORIGIN_MS = 1_234.5;

/** What a guard needs to reach this gateway from this device. */
export type GuardDefaults = Pick<PlayGuardOptions, 'gatewayUrl' | 'publishableKey' | 'gameId' | 'platform'>;

export class VirtualDevice {
  /** To be passed to `createPlayGuard`. */
  readonly platform: Platform;
  readonly network: VirtualNetwork;
  readonly #time: VirtualTime;
  readonly #bornAt: number;
  readonly #listeners = new Set<(state: PageState) => void>();
  #clockAheadMs = 0;
  #isAsleep = false;

  /**
   * @param deliver how requests reach the gateway; default: over the real network
   * @param seed of its chance: one of its own for each device of a gateway
   */
  constructor(time: VirtualTime, deliver: Platform['fetch'] = (url, request) => fetch(url, request), seed = 1) {
    this.#time = time;
    this.#bornAt = time.now;
    this.network = new VirtualNetwork(time, deliver);
    this.platform = {
      fetch: (url, request) => this.network.fetch(url, request),
      monotonicMs: () => MONOTONIC_ORIGIN_MS + time.now - this.#bornAt,
      wallMs: () => time.now + this.#clockAheadMs,
      setTimer: (callback, delayMs) => time.setTimer(callback, delayMs, () => !this.#isAsleep),
      clearTimer: (timer) => time.clearTimer(timer as VirtualTimer),
      random: chanceOf(seed),
      watchPage: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    };
  }

  /** The page is covered, shown again, or left. */
  setPage(state: PageState): void {
    for (const listener of [...this.#listeners]) listener(state);
  }

  /** Somebody sets the clock of the device; negative: back. */
  setClockAhead(ms: number): void {
    this.#clockAheadMs = ms;
  }

  /** The lid is closed: time passes and no timer of this device runs. */
  sleep(): void {
    this.#isAsleep = true;
  }

  /** What was due runs now. */
  async wake(): Promise<void> {
    this.#isAsleep = false;
    await this.#time.advance(0);
  }
}

/** The same numbers for the same seed, so that a test comes to the same instants at every run (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
