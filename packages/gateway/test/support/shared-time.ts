import { VirtualDevice, VirtualTime } from '@playgate/sdk/testing';
import type { Clock } from '../../src/clock.ts';

/** One virtual time for a gateway and the devices that play there. */
export class SharedTime implements Clock {
  #time: VirtualTime;
  #devices = 0;

  constructor(at: number) {
    this.#time = new VirtualTime(at);
  }

  now(): number {
    return this.#time.now;
  }

  /** Another time altogether, earlier or later: devices made before stand still in theirs. */
  startAt(at: number): void {
    this.#time = new VirtualTime(at);
  }

  createDevice(): VirtualDevice {
    return new VirtualDevice(this.#time, undefined, ++this.#devices);
  }

  /** Every timer fires at its instant, and every answer arrives before the next. */
  pass(ms: number): Promise<void> {
    return this.#time.advance(ms);
  }

  settle(): Promise<void> {
    return this.#time.settle();
  }
}
