import { describe, expect, it } from 'vitest';
import { Coalescer, type CoalescerOptions, ITEMS_PER_CALL_MAX, WAIT_MS_MAX } from './coalescer.ts';

/** A store that answers when it is told to. */
function store(options: Partial<CoalescerOptions<number, number>> = {}) {
  const calls: { items: readonly number[]; answer: () => void; fail: (error: Error) => void }[] = [];
  let nowMs = 0;
  const coalescer = new Coalescer<number, number>({
    send: (items) =>
      new Promise((resolve, reject) => {
        calls.push({ items, answer: () => resolve(items.map((item) => -item)), fail: reject });
      }),
    overloaded: () => new Error('overloaded'),
    nowMs: () => nowMs,
    ...options,
  });
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { coalescer, calls, wait };
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const FULL = ITEMS_PER_CALL_MAX;

describe('the coalescer', () => {
  it('gathers what comes in one turn, and answers each', async () => {
    const { calls, coalescer } = store();
    const answers = Promise.all([1, 2, 3].map((item) => coalescer.add(item)));
    await turn();
    expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    calls[0]!.answer();
    expect(await answers).toEqual([-1, -2, -3]);
  });

  it('has only so many calls under way, and sends the next in order as they are answered', async () => {
    const { calls, coalescer } = store({ callsUnderWayMax: 2 });
    const answers = Promise.all(range(1, 3 * FULL + 1).map((item) => coalescer.add(item)));
    await turn();
    expect(calls).toHaveLength(2);
    calls[0]!.answer();
    await turn();
    expect(calls.map(({ items }) => items[0])).toEqual([1, FULL + 1, 2 * FULL + 1]);
    calls[1]!.answer();
    calls[2]!.answer();
    await turn();
    calls[3]!.answer();
    expect((await answers).at(-1)).toBe(-3 * FULL - 1);
  });

  it('refuses unasked who waited too long', async () => {
    const { calls, coalescer, wait } = store({ callsUnderWayMax: 1 });
    const first = coalescer.add(1);
    await turn();
    const late = coalescer.add(2);
    wait(WAIT_MS_MAX + 1);
    const inTime = coalescer.add(3);
    calls[0]!.answer();
    await expect(late).rejects.toThrow('overloaded');
    await turn();
    calls[1]!.answer();
    expect([await first, await inTime, calls[1]!.items]).toEqual([-1, -3, [3]]);
  });

  it('refuses at once what is too much, but nothing urgent, which goes first', async () => {
    const { calls, coalescer, wait } = store({
      callsUnderWayMax: 1,
      itemsWaitingMax: 2,
      isUrgent: (item) => item >= 100,
    });
    const under = coalescer.add(1);
    await turn();
    const waiting = coalescer.add(2);
    await expect(coalescer.add(3)).rejects.toThrow('overloaded');
    const urgent = coalescer.add(100);
    wait(WAIT_MS_MAX);
    calls[0]!.answer();
    await turn();
    expect(calls[1]!.items).toEqual([100, 2]);
    calls[1]!.answer();
    expect(await Promise.all([under, waiting, urgent])).toEqual([-1, -2, -100]);
  });

  it('fails with a call that nobody was answered beside who waits behind it, and goes on', async () => {
    const { calls, coalescer, wait } = store({ callsUnderWayMax: 1 });
    const under = coalescer.add(1);
    await turn();
    const behind = coalescer.add(2);
    wait(400);
    calls[0]!.fail(new Error('away'));
    await expect(under).rejects.toThrow('away');
    await expect(behind).rejects.toThrow('away');
    const next = coalescer.add(3);
    await turn();
    calls[1]!.answer();
    expect(await next).toBe(-3);
  });

  it('fails nobody else with a call that was only slower than another', async () => {
    const { calls, coalescer, wait } = store({ callsUnderWayMax: 2 });
    const answers = range(1, 2 * FULL + 1).map((item) => coalescer.add(item));
    const settled = Promise.allSettled(answers);
    await turn();
    wait(400);
    calls[0]!.answer();
    await turn();
    wait(100);
    calls[1]!.fail(new Error('late'));
    await turn();
    calls[2]!.answer();
    const outcomes = (await settled).map(({ status }) => status);
    expect([outcomes[0], outcomes[FULL], outcomes[2 * FULL]]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
