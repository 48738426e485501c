import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LimitedTurns, TurnRefusedError } from './limited-turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that ends when it is told to. */
function workshop() {
  const begun: string[] = [];
  const ends: ((result: string) => void)[] = [];
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name);
      ends.push(resolve);
    });
  return { begun, ends, work };
}

const outcomeOf = (answer: Promise<string>) => answer.catch((error: Error) => error.message);

test('so much is under way at once, the next begins in its turn, more than may wait are refused at once', async () => {
  const turns = new LimitedTurns({ underWayMax: 1, waitingMax: 1 });
  const { begun, ends, work } = workshop();
  const first = turns.run(100, work('first'));
  const second = turns.run(100, work('second'));
  await expect(turns.run(100, work('third'))).rejects.toThrow(TurnRefusedError);
  expect(begun).toEqual(['first']);
  ends[0]!('one');
  expect(await first).toBe('one');
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toEqual(['first', 'second']);
  ends[1]!('two');
  expect(await second).toBe('two');
});

test('who waited too long for a turn leaves the line, and is not begun', async () => {
  const turns = new LimitedTurns({ underWayMax: 1, waitingMax: 1 });
  const { begun, ends, work } = workshop();
  const first = outcomeOf(turns.run(1_000, work('first')));
  const late = outcomeOf(turns.run(100, work('late')));
  await vi.advanceTimersByTimeAsync(101);
  expect(await late).toBe('it takes too long');
  const next = outcomeOf(turns.run(100, work('next')));
  ends[0]!('one');
  expect(await first).toBe('one');
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toEqual(['first', 'next']);
  ends[1]!('two');
  expect(await next).toBe('two');
});

test('work that hangs is given up and keeps its turn; once all turns are so, nobody waits; ended work gives its turn back', async () => {
  const turns = new LimitedTurns({ underWayMax: 2, waitingMax: 10 });
  const { begun, ends, work } = workshop();
  const hung = [turns.run(100, work('one')), turns.run(100, work('two'))].map(outcomeOf);
  await vi.advanceTimersByTimeAsync(101);
  expect(await Promise.all(hung)).toEqual(['it takes too long', 'it takes too long']);
  expect(await outcomeOf(turns.run(100, work('three')))).toBe('what is under way does not end');
  ends[0]!('at last');
  await vi.advanceTimersByTimeAsync(1);
  const four = turns.run(100, work('four'));
  expect(begun).toEqual(['one', 'two', 'four']);
  ends[2]!('done');
  expect(await four).toBe('done');
});

test('work that fails, at once or later, fails its answer and gives its turn back', async () => {
  const turns = new LimitedTurns({ underWayMax: 1, waitingMax: 0 });
  const broken = () => {
    throw new TypeError('broken');
  };
  expect(await outcomeOf(turns.run(100, broken))).toBe('broken');
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcomeOf(turns.run(100, () => Promise.reject(new Error('failed'))))).toBe('failed');
  await vi.advanceTimersByTimeAsync(1);
  expect(await turns.run(100, async () => 'fine')).toBe('fine');
  await vi.advanceTimersByTimeAsync(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('no time left is no time', async () => {
  const { begun, work } = workshop();
  await expect(new LimitedTurns({ underWayMax: 1, waitingMax: 1 }).run(0, work('late'))).rejects.toThrow(
    TurnRefusedError,
  );
  expect(begun).toEqual([]);
});
