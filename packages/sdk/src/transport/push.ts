// Listens to the stream of a session and passes on that there is something to ask for. It is an accelerator: where the host
// cannot stream, or the connection is lost, heartbeats tell the same, later.
import type { Platform } from '../platform/platform.ts';
import { retryDelayMs } from './backoff.ts';
import type { SessionAddress } from './gateway-client.ts';

const OK = 200;
/** Gateways that went away come back to all their sessions at once, so the first retry is already a late one. */
const RETRIES_BEFORE = 2;

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
  const abort = new AbortController();
  const url = `${gatewayUrl}/v1/sessions/${encodeURIComponent(address.sessionId)}/events`;
  let timer: unknown = null;
  let failures = 0;
  let isAgain = false;
  const take = (block: string): void => {
    const event = /^event: (\w+)$/m.exec(block)?.[1];
    if (event === undefined) return;
    failures = 0;
    // What was said while nobody listened is asked for.
    if (event !== 'hello' || isAgain) onNews();
    isAgain = true;
    if (event === 'end') abort.abort();
  };
  const listen = async (): Promise<void> => {
    let text = '';
    const onText = (piece: string) => {
      const blocks = (text + piece).split('\n\n');
      text = blocks.pop() ?? '';
      blocks.forEach(take);
    };
    const headers = { Authorization: `Bearer ${address.sessionToken}` };
    const status = await openStream(url, { headers, signal: abort.signal }, onText).catch(() => 0);
    // A gateway that refuses, or knows nothing of streams, is not asked again.
    if (abort.signal.aborted || (status > OK && status < 500 && status !== 429)) return;
    failures += 1;
    timer = platform.setTimer(() => void listen(), retryDelayMs(failures + RETRIES_BEFORE, null, platform.random()));
  };
  void listen();
  return () => {
    abort.abort();
    if (timer !== null) platform.clearTimer(timer);
  };
}
