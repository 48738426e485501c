// What came back, when it is not the answer asked for. Only a body with a code is the gateway speaking: a 404 from a
// proxy in between must not end anybody's game.
import type { ErrorCode } from '@playgate/contract/wire';
import { ConnectionError, GatewayError, type PlaygateError, type ProblemDetails } from '../errors.ts';
import type { PlatformResponse } from '../platform/platform.ts';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Retry-After in seconds; a date is not used by the gateway and not read. */
function retryAfterMsIn(response: PlatformResponse): number | null {
  const seconds = Number.parseFloat(response.headers.get('Retry-After') ?? '');
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
}

export function problemFrom(response: PlatformResponse, body: unknown): PlaygateError {
  const { status } = response;
  const retryAfterMs = retryAfterMsIn(response);
  if (status < 400 || !isRecord(body) || typeof body.code !== 'string') {
    return new ConnectionError('bad_reply', `Not a gateway (HTTP ${status})`, { retryAfterMs });
  }
  return new GatewayError({
    code: body.code as ErrorCode,
    status,
    detail: typeof body.detail === 'string' ? body.detail : body.code,
    requestId: typeof body.requestId === 'string' ? body.requestId : null,
    retryAfterMs,
    fields: Array.isArray(body.errors) ? (body.errors as ProblemDetails['fields']) : [],
  });
}
