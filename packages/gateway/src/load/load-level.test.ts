import { describe, expect, it } from 'vitest';
import {
  AT_REST,
  type LoadReading,
  type LoadState,
  levelOf,
  nextLoad,
  READINGS_TO_FALL,
  READINGS_TO_RISE,
} from './load-level.ts';

const CALM: LoadReading = { loopLagMs: 0, ledgerMs: 2, waiting: 30 };

const readMany = (state: LoadState, reading: LoadReading, times: number): LoadState =>
  Array.from({ length: times }).reduce<LoadState>((before) => nextLoad(before, reading), state);

describe('the level of a reading', () => {
  it.each([
    ['nothing late', {}, 0],
    ['a loop that is late', { loopLagMs: 80 }, 1],
    ['a ledger that is late', { ledgerMs: 400 }, 2],
    ['a queue', { waiting: 12_000 }, 3],
    ['the worst of them', { loopLagMs: 100, ledgerMs: 1_000 }, 3],
  ] as const)('with %s', (_what, late, level) => {
    expect(levelOf({ ...CALM, ...late })).toBe(level);
  });
});

describe('the load', () => {
  const busy = { ...CALM, loopLagMs: 250 };

  it('rises within two readings to where they are, and not for one', () => {
    expect(readMany(AT_REST, busy, READINGS_TO_RISE - 1).level).toBe(0);
    expect(nextLoad(nextLoad(AT_REST, busy), CALM)).toEqual({ level: 0, above: 0, below: 0 });
    expect(readMany(AT_REST, busy, READINGS_TO_RISE).level).toBe(2);
  });

  it('falls by one level after a quarter of a minute of calm, and starts to wait again with each late reading', () => {
    const risen = readMany(AT_REST, busy, READINGS_TO_RISE);
    const almost = readMany(risen, CALM, READINGS_TO_FALL - 1);
    expect(almost.level).toBe(2);
    expect(nextLoad(almost, CALM).level).toBe(1);
    expect(nextLoad(nextLoad(almost, busy), CALM).level).toBe(2);
    expect(readMany(risen, CALM, 2 * READINGS_TO_FALL).level).toBe(0);
  });
});
