import { describe, expect, it } from 'vitest';
import { GIVEN_UP_SHARE, SteadyClock } from './steady-clock.ts';

const HOUR_MS = 3_600_000;
const STEP_MS = 600_000;
const INTERVAL_MS = 30_000;

/** A machine whose time of day can be set, and that can sleep. */
function machine() {
  let timeOfDay = Date.parse('2026-11-20T12:00:00.000Z');
  let monotonicMs = 17.25;
  const setBack: number[] = [];
  const clock = new SteadyClock({
    timeOfDay: { now: () => Math.floor(timeOfDay) },
    monotonicMs: () => monotonicMs,
    onSetBack: (aheadMs) => setBack.push(Math.round(aheadMs)),
  });
  return {
    clock,
    setBack,
    timeOfDay: () => Math.floor(timeOfDay),
    pass: (ms: number) => {
      timeOfDay += ms;
      monotonicMs += ms;
    },
    step: (ms: number) => {
      timeOfDay += ms;
    },
  };
}

describe('the steady clock', () => {
  it('says the time of day', () => {
    const { clock, pass, setBack, timeOfDay } = machine();
    for (const ms of [0, 0.1, 0.4, 0.7, 5, HOUR_MS]) {
      pass(ms);
      expect(clock.now()).toBe(timeOfDay());
    }
    expect(setBack).toEqual([]);
  });

  it('follows a step forward, and a sleep in which only the time of day went on', () => {
    const { clock, step, timeOfDay } = machine();
    step(STEP_MS);
    expect(clock.now()).toBe(timeOfDay());
  });

  it('does not go back with a step, however seldom it is read', () => {
    for (const readEveryMs of [1, 1_000, HOUR_MS]) {
      const { clock, pass, setBack, step } = machine();
      const before = clock.now();
      step(-STEP_MS);
      for (let passed = 0; passed < HOUR_MS; passed += readEveryMs) {
        pass(readEveryMs);
        clock.now();
      }
      const lostMs = HOUR_MS - (clock.now() - before);
      expect(lostMs).toBeGreaterThan(0);
      expect(lostMs).toBeLessThan(INTERVAL_MS);
      expect(setBack).toHaveLength(1);
    }
  });

  it('is never less than before and loses what it was set back by in time', () => {
    const { clock, pass, step, timeOfDay } = machine();
    step(-STEP_MS);
    let last = clock.now();
    for (let passed = 0; passed < STEP_MS / GIVEN_UP_SHARE + HOUR_MS; passed += INTERVAL_MS) {
      pass(INTERVAL_MS);
      const now = clock.now();
      expect(now).toBeGreaterThan(last);
      last = now;
    }
    expect(clock.now()).toBe(timeOfDay());
  });

  it('is where it would be when the time of day is set right again', () => {
    const { clock, pass, step, timeOfDay } = machine();
    step(-STEP_MS);
    pass(HOUR_MS);
    clock.now();
    step(STEP_MS);
    expect(clock.now()).toBe(timeOfDay());
  });

  it('adds up two steps, and tells of each', () => {
    const { clock, setBack, step } = machine();
    step(-STEP_MS);
    clock.now();
    step(-STEP_MS);
    clock.now();
    clock.now();
    expect(setBack).toEqual([STEP_MS, 2 * STEP_MS]);
  });

  it('does not gather the jitter of a time server', () => {
    const { clock, pass, setBack, step, timeOfDay } = machine();
    for (let turn = 0; turn < 10_000; turn++) {
      step(turn % 2 === 0 ? 3 : -3);
      pass(7);
      expect(clock.now() - timeOfDay()).toBeLessThanOrEqual(3);
    }
    expect(setBack).toEqual([]);
  });

  it('takes the machine, where nothing else is given', () => {
    const clock = new SteadyClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
  });
});
