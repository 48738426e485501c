import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RepeatedTask } from './repeated-task.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('never runs twice at once, goes on after a failure, and ends after the run under way', async () => {
  let running = 0;
  let runs = 0;
  const finish: (() => void)[] = [];
  const errors: unknown[] = [];
  const run = async () => {
    expect(++running).toBe(1);
    await new Promise<void>((resolve) => finish.push(resolve));
    running--;
    if (++runs === 1) throw new Error('once');
  };
  const task = new RepeatedTask({ name: 't', everyMs: 10, run, onError: (...error) => void errors.push(error) });
  await vi.advanceTimersByTimeAsync(100);
  finish[0]!();
  await vi.advanceTimersByTimeAsync(9);
  expect([errors, running]).toEqual([[['t', new Error('once')]], 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect(running).toBe(1);
  const stopped = task.stop().then(() => running);
  finish[1]!();
  expect(await stopped).toBe(0);
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toBe(2);
});
