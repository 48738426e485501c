// The time of the demo's world. A sandbox clock that was moved stands still; a visitor wants to see the countdown run.
// So a clock that was moved from here runs on for as long as a page asks it to, and stands still when none does. One
// that was frozen by a key, over the API, is left standing.

import type { Instant } from '@playgate/policy';
import type { Clock } from '../clock.ts';
import type { SandboxClocks } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import type { WorldClock } from '../directory/world-clock.ts';

/** Pages ask about once a second; a silence longer than this is time in which nobody looked, and it is left out. */
export const RUN_GAP_MS_MAX = 5_000;

/** `real`: follows real time; `running`: moved, then running on; `frozen`: stands where a key put it. */
export type DemoClockMode = 'real' | 'running' | 'frozen';

export interface DemoTime {
  readonly now: Instant;
  readonly mode: DemoClockMode;
}

export interface DemoClockPorts {
  readonly clocks: SandboxClocks;
  readonly worldClock: WorldClock;
  /** Real time. */
  readonly clock: Clock;
}

export class DemoClock {
  readonly #ports: DemoClockPorts;
  readonly #world: World;
  /** Where this object put the world's clock last, and when that was. */
  #placed: { readonly at: Instant; readonly realAt: Instant } | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(ports: DemoClockPorts, world: World) {
    this.#ports = ports;
    this.#world = world;
  }

  tell(): DemoTime {
    const frozenAt = this.#ports.clocks.frozenAt(this.#world.providerId);
    const now = this.#ports.worldClock.nowOf(this.#world);
    if (frozenAt === null) return { now, mode: 'real' };
    return { now, mode: this.#placed?.at === frozenAt ? 'running' : 'frozen' };
  }

  /** Moves the clock on; `to` is given the present and must not answer with less. */
  move(to: (now: Instant) => Instant): Promise<DemoTime> {
    return this.#inTurn(() => this.#place(to(this.#ports.worldClock.nowOf(this.#world))));
  }

  /** Lets a moved clock catch up with the real time that passed since it was moved or asked last. */
  run(): Promise<DemoTime> {
    return this.#inTurn(async () => {
      const placed = this.#placed;
      if (placed === null || this.tell().mode !== 'running') return;
      const passedMs = Math.max(0, this.#ports.clock.now() - placed.realAt);
      await this.#place(passedMs > RUN_GAP_MS_MAX ? placed.at : placed.at + passedMs);
    });
  }

  release(): Promise<DemoTime> {
    return this.#inTurn(async () => {
      this.#placed = null;
      await this.#ports.clocks.release(this.#world.providerId);
    });
  }

  async #place(at: Instant): Promise<void> {
    const realAt = this.#ports.clock.now();
    await this.#ports.clocks.freeze(this.#world.providerId, at);
    this.#placed = { at, realAt };
  }

  /** One change at a time: each reads what the one before left. */
  #inTurn(change: () => Promise<void>): Promise<DemoTime> {
    const turn = this.#queue.then(change).then(() => this.tell());
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
