// Requests of a provider's server: a timeout and a PlaygateError for each, an idempotency key for what creates, another try
// for what may be sent twice.
import { HEADERS } from '@playgate/contract/wire';
import { ConnectionError, GatewayError, isRetryable, PlaygateError, retryAfterMsOf } from '../errors.ts';
import { retryDelayMs } from '../transport/backoff.ts';
import { parseJson, problemFrom } from '../transport/reply.ts';
import type { ResolvedServerOptions } from './server-options.ts';
import type { ServerPlatform } from './server-platform.ts';

/** Of one call. */
export interface CallOptions {
  /** Under which a creating request is carried out once. Default: a new one per call, the same for all its attempts. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface GatewayRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parts are encoded: `path('v1', 'players', playerId)`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: unknown;
  /** True: it creates, and carries an Idempotency-Key. */
  readonly creates?: boolean;
  /** False: it is sent once whatever happens. */
  readonly isRepeatable?: boolean;
}

export const path = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

export class GatewayRequests {
  readonly #options: ResolvedServerOptions;

  constructor(options: ResolvedServerOptions) {
    this.#options = options;
  }

  /** @throws PlaygateError (as a rejection) */
  async send<Reply>(request: GatewayRequest, call: CallOptions = {}): Promise<Reply> {
    const { attemptsMax, platform } = this.#options;
    const key = request.creates === true ? (call.idempotencyKey ?? crypto.randomUUID()) : null;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await this.#exchange<Reply>(request, key, call.signal);
      } catch (error) {
        const isOver = attempts >= attemptsMax || request.isRepeatable === false || call.signal?.aborted === true;
        if (isOver || !(error instanceof PlaygateError) || !isWorthAnother(error, key, attempts)) throw error;
        await wait(platform, retryDelayMs(attempts, retryAfterMsOf(error), platform.random()), call.signal);
      }
    }
  }

  async #exchange<Reply>(request: GatewayRequest, key: string | null, signal: AbortSignal | undefined): Promise<Reply> {
    const { response, text } = await this.#fetchText(request, key, signal);
    const value = text === '' ? null : parseJson(text);
    if (response.ok && value !== undefined) return value as Reply;
    throw problemFrom(response, value);
  }

  async #fetchText({ body, method, path, query }: GatewayRequest, key: string | null, signal: AbortSignal | undefined) {
    const { fetch, gatewayUrl, secretKey, timeoutMs } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    const headers: Record<string, string> = { [HEADERS.authorization]: `Bearer ${secretKey}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (key !== null) headers[HEADERS.idempotencyKey] = key;
    try {
      const response = await fetch(gatewayUrl + path + queryOf(query), {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // A redirect would carry the key somewhere else.
        redirect: 'manual',
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      return { response, text: await response.text() };
    } catch (cause) {
      if (timeout.aborted) throw new ConnectionError('timeout', `No answer within ${timeoutMs} ms`, { cause });
      throw new ConnectionError('unreachable', 'The gateway is unreachable', { cause });
    }
  }
}

/** A request whose answer was lost may still be under way when it comes again: the gateway calls that a conflict. */
function isWorthAnother(error: PlaygateError, key: string | null, attempts: number): boolean {
  if (isRetryable(error)) return true;
  return key !== null && attempts > 1 && error instanceof GatewayError && error.code === 'conflict';
}

function queryOf(query: GatewayRequest['query']): string {
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function wait(platform: ServerPlatform, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = platform.setTimer(resolve, ms);
    signal?.addEventListener('abort', () => {
      platform.clearTimer(timer);
      resolve();
    });
  });
}
