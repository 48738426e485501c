import { expect, test } from 'vitest';
import type { Platform, StreamRequest } from '../platform/platform.ts';
import { VirtualTime } from '../testing/virtual-time.ts';
import { PUSH_SILENCE_MS_MAX, watchEvents } from './push.ts';

const COMMENT_EVERY_MS = 20_000;
const HELLO = 'retry: 3000\nid: 1\nevent: hello\ndata: {}\n\n';

interface Connection {
  readonly at: number;
  readonly request: StreamRequest;
  say(text: string): void;
  end(status: number): void;
}

/** A stream that ends only when the test says so, and whatever its signal says: the worst of hosts. */
function watch() {
  const time = new VirtualTime(0);
  const connections: Connection[] = [];
  const news: number[] = [];
  const openStream: Platform['openStream'] = (_url, request, say) =>
    new Promise((end) => void connections.push({ at: time.now, request, say, end }));
  const platform = {
    openStream,
    setTimer: (callback: () => void, delayMs: number) => time.setTimer(callback, delayMs),
    clearTimer: (timer: never) => time.clearTimer(timer),
    random: () => 0,
  } as unknown as Platform;
  const address = { sessionId: 'ses_1', sessionToken: 'token' };
  const stop = watchEvents({
    platform,
    gatewayUrl: 'https://gateway',
    address,
    onNews: () => void news.push(time.now),
  });
  return { time, connections, news, stop };
}

test('a connection that says nothing any more is given up, and what was missed is asked for', async () => {
  const { time, connections, news, stop } = watch();
  await time.settle();
  connections[0]!.say(HELLO);
  await time.advance(PUSH_SILENCE_MS_MAX - 1);
  expect(connections).toHaveLength(1);
  await time.advance(10_000);
  expect(connections).toHaveLength(2);
  expect(connections[0]!.request.signal.aborted).toBe(true);
  expect(news).toEqual([]);
  connections[1]!.say(HELLO);
  expect(news).toHaveLength(1);
  // What the one given up still says is not heard.
  connections[0]!.say('event: renew\ndata: {}\n\n');
  expect(news).toHaveLength(1);
  stop();
  expect(time.timerCount).toBe(0);
});

test('comments keep it alive', async () => {
  const { time, connections, stop } = watch();
  await time.settle();
  connections[0]!.say(HELLO);
  for (let round = 0; round < 30; round += 1) {
    await time.advance(COMMENT_EVERY_MS);
    connections[0]!.say(':\n\n');
  }
  expect(connections).toHaveLength(1);
  stop();
});

test('one that is never answered is given up too', async () => {
  const { time, connections, stop } = watch();
  await time.advance(3 * PUSH_SILENCE_MS_MAX);
  expect(connections.length).toBeGreaterThanOrEqual(2);
  stop();
});

test('after an `end` that the heartbeat does not confirm it listens again', async () => {
  const { time, connections, news, stop } = watch();
  await time.settle();
  connections[0]!.say(`${HELLO}id: 2\nevent: end\ndata: {}\n\n`);
  connections[0]!.end(200);
  expect(news).toHaveLength(1);
  await time.advance(10_000);
  expect(connections).toHaveLength(2);
  stop();
});

test.each([401, 404])('a gateway that answers %i is not asked again', async (status) => {
  const { time, connections } = watch();
  await time.settle();
  connections[0]!.end(status);
  await time.advance(600_000);
  expect(connections).toHaveLength(1);
  expect(time.timerCount).toBe(0);
});

test('once stopped, nothing is left', async () => {
  const { time, connections, stop } = watch();
  await time.settle();
  stop();
  connections[0]!.say(HELLO);
  connections[0]!.end(500);
  await time.advance(600_000);
  expect(connections).toHaveLength(1);
  expect(time.timerCount).toBe(0);
});
