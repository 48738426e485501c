// Whatever went wrong becomes a problem document (RFC 9457). Only what a Fault says reaches the caller.
import { ERRORS, type ErrorCode, HEADERS, limits, PROBLEM_MEDIA_TYPE, problemType } from '@playgate/contract';
import type { Response } from 'express';
import { DatabaseUnavailableError } from '../directory/database-unavailable.ts';
import { Fault } from '../fault.ts';
import { LedgerUnavailableError } from '../sessions/session-store.ts';

/** Seconds. A ledger or gateway in trouble is worth asking again soon: clients spread their retries themselves. */
const RETRY_AFTER_S = 1;

/** What body-parser says in `type`; every other 4xx of the framework is an invalid request. */
const CODE_OF_PARSER_ERROR: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'payload_too_large',
  'encoding.unsupported': 'unsupported_media_type',
  'charset.unsupported': 'unsupported_media_type',
};

/** The fault that the caller is told of; one with code `internal` carries the error as its cause. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof LedgerUnavailableError) {
    return new Fault('ledger_unavailable', 'The ledger does not answer; nothing is known of the outcome.', [], {
      cause: error,
    });
  }
  if (error instanceof DatabaseUnavailableError) {
    return new Fault('overloaded', 'The database has no time for this. Ask again later.', [], { cause: error });
  }
  if (error instanceof URIError) return new Fault('invalid_request', 'The path is not encoded as it should be.');
  return faultOfFramework(error) ?? new Fault('internal', 'It was logged under the request id.', [], { cause: error });
}

function faultOfFramework(error: unknown): Fault | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return null;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : '';
  const code = CODE_OF_PARSER_ERROR[type] ?? 'invalid_request';
  if (code === 'payload_too_large') return new Fault(code, `A body may have ${limits.BODY_BYTES_MAX} bytes at most.`);
  if (code === 'unsupported_media_type') return new Fault(code, 'The encoding of the body is not supported.');
  return new Fault(code, type === 'entity.parse.failed' ? 'The body is not JSON.' : 'The request cannot be read.');
}

/** Answers with the problem of a fault; `sendProblem` after an answer has begun only ends it. */
export function sendProblem(response: Response, fault: Fault): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, retryable } = ERRORS[fault.code];
  response.statusCode = status;
  if (retryable) response.setHeader(HEADERS.retryAfter, fault.retryAfterS ?? RETRY_AFTER_S);
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  // What is left of the body is not read.
  if (fault.code === 'payload_too_large') response.setHeader('Connection', 'close');
  response.setHeader('Content-Type', PROBLEM_MEDIA_TYPE);
  response.end(JSON.stringify(problemOf(fault, response.locals.requestId as string)));
}

/** The body of a problem. */
export function problemOf(fault: Fault, requestId: string) {
  const { status, title } = ERRORS[fault.code];
  const errors = fault.fields.slice(0, limits.PROBLEM_ERRORS_MAX);
  return {
    type: problemType(fault.code),
    title,
    status,
    detail: fault.message,
    code: fault.code,
    requestId,
    ...(errors.length > 0 && { errors }),
  };
}
