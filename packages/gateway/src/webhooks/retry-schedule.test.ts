import { expect, it } from 'vitest';
import { GIVE_UP_AFTER_MS, nextAttemptAt, RETRY_FIRST_MS, RETRY_MS_MAX } from './retry-schedule.ts';

it('waits longer each time, never more than the most, and gives up after a day', () => {
  let now = 0;
  let last = 0;
  const delays: number[] = [];
  for (let attempts = 1; ; attempts++) {
    const at = nextAttemptAt(attempts, 0, now, 0);
    if (at === null) break;
    expect(at).toBeGreaterThan(last);
    delays.push(at - now);
    last = at;
    now = at;
  }
  expect(delays[0]).toBe(RETRY_FIRST_MS);
  expect(delays).toEqual([...delays].sort((left, right) => left - right));
  expect(Math.max(...delays)).toBe(RETRY_MS_MAX);
  expect(now).toBeLessThanOrEqual(GIVE_UP_AFTER_MS);
  expect(now + RETRY_MS_MAX).toBeGreaterThan(GIVE_UP_AFTER_MS);
});

it('spreads what failed together', () => {
  expect(nextAttemptAt(1, 0, 0, 0.999)).toBe(Math.round(RETRY_FIRST_MS * 1.0999));
});
