import { describe, expect, it } from 'vitest';
import { BEAT_WAIT_MS_MAX, FIRST_WAIT_MS_MAX } from '../../sessions/beat-wait.ts';
import { Coalescer, type CoalescerOptions, ITEMS_PER_CALL_MAX } from './coalescer.ts';
import { COMMAND_TIMEOUT_MS } from './redis-client.ts';

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
    itemsAtOnce: FULL,
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

  it('sends what is enough for a call at once, while the rest of the turn still comes', async () => {
    const { calls, coalescer } = store({ itemsAtOnce: 3 });
    const answers = Promise.all(range(1, 4).map((item) => coalescer.add(item)));
    expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    await turn();
    for (const call of calls) call.answer();
    expect([await answers, calls[1]!.items]).toEqual([[-1, -2, -3, -4], [4]]);
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
    wait(FIRST_WAIT_MS_MAX + 1);
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
    wait(FIRST_WAIT_MS_MAX);
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

  const ends = { isUrgent: (item: number) => item >= 100_000 };

  it('gives ends at most half of a call while others wait, and all that nobody else takes', async () => {
    const { calls, coalescer } = store({ ...ends, callsUnderWayMax: 1 });
    const under = coalescer.add(0);
    await turn();
    const answers = Promise.all([
      ...range(100_000, 3 * FULL).map((item) => coalescer.add(item)),
      ...range(1, FULL / 2 + 2).map((item) => coalescer.add(item)),
    ]);
    const urgentOf = (call: number) => calls[call]!.items.filter((item) => item >= 100_000).length;
    for (let call = 0; call < 5; call++) {
      calls[call]?.answer();
      await turn();
    }
    expect([1, 2, 3, 4].map((call) => [calls[call]!.items.length, urgentOf(call)])).toEqual([
      [FULL, FULL / 2],
      [FULL, FULL - 2],
      [FULL, FULL],
      [FULL / 2 + 2, FULL / 2 + 2],
    ]);
    await Promise.all([under, answers]);
  });

  it('lets no number of ends refuse a beat, nor their age refuse an end', async () => {
    const { calls, coalescer, wait } = store({ ...ends, callsUnderWayMax: 1, itemsWaitingMax: 10 });
    const under = coalescer.add(0);
    await turn();
    const closed = Promise.all(range(100_000, 5 * FULL).map((item) => coalescer.add(item)));
    const beat = coalescer.add(1);
    calls[0]!.answer();
    await turn();
    expect(calls[1]!.items).toContain(1);
    for (let call = 1; call < 7; call++) {
      wait(10 * BEAT_WAIT_MS_MAX);
      calls[call]!.answer();
      await turn();
    }
    expect([await under, await beat, (await closed).length]).toEqual([-0, -1, 5 * FULL]);
  });

  it('keeps the order of what belongs together, also where an end is part of it', async () => {
    // An end of a session is its number and 100,000.
    const { calls, coalescer } = store({
      ...ends,
      callsUnderWayMax: 1,
      orderedBy: (item) => String(item % 100_000),
    });
    const under = coalescer.add(0);
    await turn();
    const given = [1, 100_001, 2, 100_003, 3];
    const answers = Promise.all(given.map((item) => coalescer.add(item)));
    calls[0]!.answer();
    await turn();
    expect(calls[1]!.items).toEqual([100_003, 3, 1, 100_001, 2]);
    calls[1]!.answer();
    expect(await answers).toEqual(given.map((item) => -item));
    // Nothing is remembered of those who have gone.
    const next = coalescer.add(100_001);
    const other = coalescer.add(4);
    await turn();
    expect(calls[2]!.items).toEqual([100_001, 4]);
    calls[2]!.answer();
    await Promise.all([under, next, other]);
  });

  it('keeps no order of those who were refused for their age, or failed with all that waited', async () => {
    const { calls, coalescer, wait } = store({
      ...ends,
      callsUnderWayMax: 1,
      orderedBy: (item) => String(item % 100_000),
    });
    const under = coalescer.add(0);
    await turn();
    const late = coalescer.add(1);
    wait(FIRST_WAIT_MS_MAX + 1);
    calls[0]!.answer();
    await expect(late).rejects.toThrow('overloaded');
    const failing = coalescer.add(5);
    await turn();
    const lost = coalescer.add(3);
    wait(BEAT_WAIT_MS_MAX);
    calls[1]!.fail(new Error('gone'));
    await expect(failing).rejects.toThrow('gone');
    await expect(lost).rejects.toThrow('gone');
    const answers = Promise.all([2, 100_001, 4, 100_003].map((item) => coalescer.add(item)));
    await turn();
    expect(calls[2]!.items).toEqual([100_001, 100_003, 2, 4]);
    calls[2]!.answer();
    await Promise.all([under, answers]);
  });

  it('lets those go first who come again, and counts all their time', async () => {
    const { calls, coalescer, wait } = store({
      callsUnderWayMax: 1,
      itemsWaitingMax: 2,
      isAgain: (item) => item >= 10,
    });
    const under = coalescer.add(0);
    await turn();
    wait(FIRST_WAIT_MS_MAX);
    const first = coalescer.add(1);
    const again = coalescer.add(10, 0);
    const late = coalescer.add(11, -BEAT_WAIT_MS_MAX);
    wait(BEAT_WAIT_MS_MAX - FIRST_WAIT_MS_MAX);
    calls[0]!.answer();
    await expect(late).rejects.toThrow('overloaded');
    await turn();
    expect(calls[1]!.items).toEqual([10, 1]);
    calls[1]!.answer();
    await Promise.all([under, first, again]);
  });

  it('leaves no request pending for longer than 1.5 s: the wait, and a call that is given up', () => {
    expect(BEAT_WAIT_MS_MAX + COMMAND_TIMEOUT_MS).toBeLessThan(1_500);
    expect(FIRST_WAIT_MS_MAX).toBeLessThan(BEAT_WAIT_MS_MAX);
  });
});
