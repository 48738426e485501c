// The three calls of a session over HTTP: a timeout on each, every failure a PlaygateError, no retry of its own.
import type {
  CloseSessionRequest,
  HeartbeatReply,
  HeartbeatRequest,
  OpenSessionReply,
  OpenSessionRequest,
} from '@playgate/contract/wire';
import { ConnectionError, PlaygateError } from '../errors.ts';
import type { Platform, PlatformRequest } from '../platform/platform.ts';
import { isRecord, parseJson, problemFrom } from './reply.ts';

/** A request under way. Once it is given up (`cancel`), its result says nothing. */
export interface Call<Reply> {
  /** Rejects with a PlaygateError only. */
  readonly result: Promise<Reply>;
  cancel(): void;
}

export interface SessionAddress {
  readonly sessionId: string;
  readonly sessionToken: string;
}

interface Post {
  readonly path: string;
  readonly token: string;
  readonly body: unknown;
  readonly keepalive?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export class GatewayClient {
  readonly #platform: Platform;
  readonly #gatewayUrl: string;
  readonly #timeoutMs: number;

  constructor(platform: Platform, gatewayUrl: string, timeoutMs: number) {
    this.#platform = platform;
    this.#gatewayUrl = gatewayUrl;
    this.#timeoutMs = timeoutMs;
  }

  openSession(publishableKey: string, body: OpenSessionRequest, idempotencyKey: string): Call<OpenSessionReply> {
    const headers = { 'Idempotency-Key': idempotencyKey };
    return this.#post({ path: '/v1/sessions', token: publishableKey, body, headers }, isOpenReply);
  }

  /** A pause is often the last thing a page can say, so it may outlive the page. */
  heartbeat(address: SessionAddress, body: HeartbeatRequest): Call<HeartbeatReply> {
    const keepalive = body.state === 'paused';
    return this.#post({ ...sessionPost(address, 'heartbeats'), body, keepalive }, isHeartbeatReply);
  }

  close(address: SessionAddress, body: CloseSessionRequest): Call<unknown> {
    return this.#post({ ...sessionPost(address, 'close'), body, keepalive: true }, isRecord);
  }

  #post<Reply>(post: Post, isReply: (value: unknown) => value is Reply): Call<Reply> {
    const abort = typeof AbortController === 'function' ? new AbortController() : null;
    let cancel = () => {};
    const result = new Promise<Reply>((resolve, reject) => {
      const timer = this.#platform.setTimer(() => {
        reject(new ConnectionError('timeout', `No answer in ${this.#timeoutMs} ms`));
        abort?.abort();
      }, this.#timeoutMs);
      cancel = () => {
        this.#platform.clearTimer(timer);
        abort?.abort();
      };
      const done = () => this.#platform.clearTimer(timer);
      this.#exchange(post, isReply, abort?.signal)
        .finally(done)
        .then(resolve, (error: unknown) =>
          reject(
            error instanceof PlaygateError
              ? error
              : new ConnectionError('unreachable', 'The gateway is unreachable', { cause: error }),
          ),
        );
    });
    return { result, cancel };
  }

  async #exchange<Reply>(
    { path, token, body, headers, keepalive = false }: Post,
    isReply: (value: unknown) => value is Reply,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const response = await this.#platform.fetch(`${this.#gatewayUrl}${path}`, {
      method: 'POST',
      headers: { ...headers, Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      keepalive,
      signal,
    } as PlatformRequest);
    const value = parseJson(await response.text());
    if (response.status >= 200 && response.status < 300 && isReply(value)) return value;
    throw problemFrom(response, value);
  }
}

function sessionPost({ sessionId, sessionToken }: SessionAddress, last: string) {
  return { path: `/v1/sessions/${encodeURIComponent(sessionId)}/${last}`, token: sessionToken };
}

function hasServerTime(value: Record<string, unknown>): boolean {
  return Date.parse(String(value.serverAt)) > 0;
}

function isOpenReply(value: unknown): value is OpenSessionReply {
  if (!isRecord(value)) return false;
  return (
    (value.verdict === 'denied' && isRecord(value.message)) ||
    (value.verdict === 'play' && hasServerTime(value) && isRecord(value.used))
  );
}

function isHeartbeatReply(value: unknown): value is HeartbeatReply {
  const isVerdict = isRecord(value) && ['continue', 'warn', 'end'].includes(String(value.verdict));
  return isVerdict && hasServerTime(value) && isRecord(value.used);
}
