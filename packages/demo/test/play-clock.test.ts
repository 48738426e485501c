import { expect, test } from 'vitest';
import { type Host, PlayClock } from '../src/time/play-clock.ts';

const START_AT = Date.UTC(2026, 10, 21, 13);

/** Real time that passes when the test says so. */
class ManualHost implements Host {
  private nowMs = 1_000;
  private readonly timers = new Map<number, { readonly atMs: number; readonly callback: () => void }>();
  private lastId = 0;

  monotonicMs(): number {
    return this.nowMs;
  }

  setTimer(callback: () => void, delayMs: number): number {
    this.timers.set(++this.lastId, { atMs: this.nowMs + delayMs, callback });
    return this.lastId;
  }

  clearTimer(timer: unknown): void {
    this.timers.delete(timer as number);
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const next = [...this.timers].sort(([, left], [, right]) => left.atMs - right.atMs)[0];
      if (next === undefined || next[1].atMs > untilMs) break;
      this.timers.delete(next[0]);
      this.nowMs = Math.max(this.nowMs, next[1].atMs);
      next[1].callback();
    }
    this.nowMs = untilMs;
  }
}

function create() {
  const host = new ManualHost();
  return { host, clock: new PlayClock(host, START_AT) };
}

test('it stands until it is told to run, and so do its timers', () => {
  const { clock, host } = create();
  const rung: number[] = [];
  clock.setTimer(() => rung.push(clock.now()), 5_000);
  host.pass(60_000);
  expect([clock.now(), rung]).toEqual([START_AT, []]);
  clock.follow(START_AT, Number.POSITIVE_INFINITY);
  host.pass(4_999);
  expect(rung).toEqual([]);
  host.pass(1);
  expect(rung).toEqual([START_AT + 5_000]);
});

test('a leap runs what became due, once and in order', () => {
  const { clock } = create();
  const rung: string[] = [];
  clock.setTimer(() => rung.push('late'), 20_000);
  clock.setTimer(() => rung.push('early'), 10_000);
  clock.setTimer(() => rung.push('after'), 30_001);
  clock.clearTimer(clock.setTimer(() => rung.push('cleared'), 1));
  clock.follow(START_AT + 30_000, 0);
  clock.runDue();
  clock.runDue();
  expect(rung).toEqual(['early', 'late']);
  expect(clock.now()).toBe(START_AT + 30_000);
});

test('setting the sandbox back sets its time back and not that of the SDK', () => {
  const { clock, host } = create();
  clock.follow(START_AT + 3_600_000, Number.POSITIVE_INFINITY);
  const before = clock.monotonicMs();
  clock.follow(START_AT, Number.POSITIVE_INFINITY);
  expect([clock.now(), clock.monotonicMs()]).toEqual([START_AT, before]);
  host.pass(1_000);
  expect([clock.now(), clock.monotonicMs()]).toEqual([START_AT + 1_000, before + 1_000]);
});

test('it runs on only so far without being told', () => {
  const { clock, host } = create();
  const rung: number[] = [];
  clock.setTimer(() => rung.push(clock.now()), 10_000);
  clock.follow(START_AT, 4_000);
  host.pass(60_000);
  expect([clock.now(), rung]).toEqual([START_AT + 4_000, []]);
  clock.follow(START_AT + 8_000, 4_000);
  host.pass(2_000);
  expect(rung).toEqual([START_AT + 10_000]);
});

test('an answer that is a little behind makes it wait, never go back', () => {
  const { clock, host } = create();
  clock.follow(START_AT, Number.POSITIVE_INFINITY);
  host.pass(1_000);
  clock.follow(START_AT + 900, Number.POSITIVE_INFINITY);
  expect(clock.now()).toBe(START_AT + 1_000);
  host.pass(50);
  expect(clock.now()).toBe(START_AT + 1_000);
  host.pass(100);
  expect(clock.now()).toBe(START_AT + 1_050);
});
