// Listens to the stream of a session and passes on that there is something to ask for. It is an accelerator: where the host
// cannot stream, or the connection is lost, heartbeats tell the same, later.
import type { Platform } from '../platform/platform.ts';
import { retryDelayMs } from './backoff.ts';
import type { SessionAddress } from './gateway-client.ts';

const OK = 200;
/** Gateways that went away come back to all their sessions at once, so the first retry is already a late one. */
const RETRIES_BEFORE = 2;
/** The gateway says something at least every 20 s: after two silences of that the connection is dead, though nobody closed it. */
export const PUSH_SILENCE_MS_MAX = 50_000;

export interface PushOptions {
  readonly platform: Platform;
  readonly gatewayUrl: string;
  readonly address: SessionAddress;
  /** Called when a heartbeat would learn something. */
  onNews(): void;
}

/** Returns how to stop. Never throws. */
export function watchEvents({ platform, gatewayUrl, address, onNews }: PushOptions): () => void {
  const { openStream } = platform;
  if (openStream === undefined || typeof AbortController !== 'function') return () => {};
  const url = `${gatewayUrl}/v1/sessions/${encodeURIComponent(address.sessionId)}/events`;
  const headers = { Authorization: `Bearer ${address.sessionToken}` };
  let abort: AbortController;
  let timer: unknown = null;
  let failures = 0;
  let isAgain = false;
  const setTimer = (callback: () => void, delayMs: number): void => {
    if (timer !== null) platform.clearTimer(timer);
    timer = platform.setTimer(callback, delayMs);
  };
  const stop = (): void => {
    abort.abort();
    platform.clearTimer(timer);
  };
  const take = (block: string): void => {
    const event = /^event: (\w+)$/m.exec(block)?.[1];
    if (event === undefined) return;
    failures = 0;
    // What was said while nobody listened is asked for. An `end` is asked for too: only a heartbeat ends a session.
    if (event !== 'hello' || isAgain) onNews();
    isAgain = true;
  };
  const listen = (): void => {
    abort = new AbortController();
    const { signal } = abort;
    let text = '';
    const over = (status: number): void => {
      if (signal.aborted) return;
      stop();
      // A gateway that refuses, or knows nothing of streams, is not asked again.
      if (status > OK && status < 500 && status !== 429) return;
      failures += 1;
      setTimer(listen, retryDelayMs(failures + RETRIES_BEFORE, null, platform.random()));
    };
    const isHeard = (): void => setTimer(() => over(0), PUSH_SILENCE_MS_MAX);
    const onText = (piece: string): void => {
      if (signal.aborted) return;
      isHeard();
      const blocks = (text + piece).split('\n\n');
      text = blocks.pop() ?? '';
      blocks.forEach(take);
    };
    isHeard();
    const open = async () => openStream(url, { headers, signal }, onText);
    open().then(over, () => over(0));
  };
  listen();
  return stop;
}
