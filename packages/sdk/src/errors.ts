// What can be broken. A refusal to play is an answer and never one of these.
import type { ErrorCode } from '@playgate/contract/wire';

/** The gateway was not reached, did not answer in time, or something that is not a gateway answered. */
export type ConnectionErrorCode = 'unreachable' | 'timeout' | 'bad_reply';
export type PlaygateErrorCode = ErrorCode | ConnectionErrorCode | 'listener_failed';

/** Base of every error of this package; branch on `code`, never on `message`. `cause` holds what it came from. */
export class PlaygateError extends Error {
  override readonly name: string = 'PlaygateError';
  readonly code: PlaygateErrorCode;

  constructor(code: PlaygateErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export interface ProblemDetails {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  /** Which fields of the request were wrong. */
  readonly fields: readonly { readonly path: string; readonly message: string }[];
}

/** The gateway answered with a problem (RFC 9457). More codes may come: treat an unknown one by `status`. */
export class GatewayError extends PlaygateError {
  override readonly name = 'GatewayError';
  declare readonly code: ErrorCode;
  declare readonly status: number;
  declare readonly requestId: string | null;
  /** How long the gateway asks to wait; null when it does not say. */
  declare readonly retryAfterMs: number | null;
  declare readonly fields: ProblemDetails['fields'];

  constructor({ detail, ...problem }: ProblemDetails) {
    super(problem.code, detail);
    Object.assign(this, problem);
  }
}

/** Nothing that can be trusted came back; the request may or may not have been carried out. */
export class ConnectionError extends PlaygateError {
  override readonly name = 'ConnectionError';
  declare readonly code: ConnectionErrorCode;
  readonly retryAfterMs: number | null;

  constructor(
    code: ConnectionErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly retryAfterMs?: number | null },
  ) {
    super(code, message, options);
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }
}

/** A listener of the game threw; `cause` is what it threw. */
export class ListenerError extends PlaygateError {
  override readonly name = 'ListenerError';
  declare readonly code: 'listener_failed';

  constructor(eventType: string, cause: unknown) {
    super('listener_failed', `A listener of "${eventType}" threw`, { cause });
  }
}

/**
 * Whether the same request may succeed later. Every request here is idempotent (by seq, by key, or by nature),
 * so a broken gateway (5xx) is worth another try; a 4xx is its verdict on the request. Errors are known by what they say, not by their
 * class: a page may hold two copies of these classes, one in the script of the core and one in that of the tabs.
 */
export function isRetryable(error: unknown): error is GatewayError | ConnectionError {
  const { name, status = 0 } = error as { readonly name?: string; readonly status?: number };
  return name === 'ConnectionError' || status >= 500 || status === 429;
}

export function retryAfterMsOf(error: PlaygateError): number | null {
  return (error as Partial<GatewayError>).retryAfterMs ?? null;
}
