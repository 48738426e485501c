// The one table of what can be broken about a request. A refusal to play is an answer, not an error, and is not here.
// Zod-free; the schema of the body is in schemas/problem.ts. Codes are wire values: never rename one.

export interface ErrorEntry {
  readonly status: number;
  /** Fixed per code; what varies goes to `detail` and `errors`. */
  readonly title: string;
  /** True: the answer carries Retry-After and the same request may succeed later. */
  readonly retryable: boolean;
}

const once = (status: number, title: string) => ({ status, title, retryable: false }) as const;
const later = (status: number, title: string) => ({ status, title, retryable: true }) as const;

export const ERRORS = {
  invalid_request: once(400, 'The request does not fit the schema of the operation'),
  unauthenticated: once(401, 'The key or token is missing, unknown, expired or revoked'),
  forbidden: once(403, 'This key or token may not use the operation'),
  not_found: once(404, 'There is no such resource'),
  method_not_allowed: once(405, 'The path does not answer to this method'),
  conflict: once(409, 'The request conflicts with what exists'),
  payload_too_large: once(413, 'The request body is too large'),
  unsupported_media_type: once(415, 'The request body must be application/json in UTF-8'),
  unprocessable: once(422, 'The request is well-formed but cannot be carried out'),
  idempotency_mismatch: once(422, 'The idempotency key was used with a different request'),
  rate_limited: later(429, 'Too many requests'),
  internal: once(500, 'Something broke in the gateway'),
  identity_source_unavailable: later(503, 'The source of identities does not answer'),
  ledger_unavailable: later(503, 'The ledger cannot be reached'),
  overloaded: later(503, 'The gateway has more work than it can do'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

/** The `type` of a problem: a stable relative reference, resolved against the gateway's address. */
export function problemType(code: ErrorCode): string {
  return `/problems/${code}`;
}
