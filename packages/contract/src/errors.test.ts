import { describe, expect, it } from 'vitest';
import { ERROR_CODES, ERRORS, problemType } from './errors.ts';
import { errorsOfOperation } from './operation.ts';
import { openSession } from './operations/open-session.ts';
import { problem } from './schemas/problem.ts';

describe('the error table', () => {
  it('gives the statuses of the contract', () => {
    expect(Object.fromEntries(ERROR_CODES.map((code) => [code, ERRORS[code].status]))).toEqual({
      invalid_request: 400,
      unauthenticated: 401,
      forbidden: 403,
      not_found: 404,
      method_not_allowed: 405,
      conflict: 409,
      payload_too_large: 413,
      unsupported_media_type: 415,
      unprocessable: 422,
      idempotency_mismatch: 422,
      rate_limited: 429,
      internal: 500,
      identity_source_unavailable: 503,
      ledger_unavailable: 503,
      overloaded: 503,
    });
  });

  it.each(ERROR_CODES)('%s makes a valid problem', (code) => {
    const { status, title, retryable } = ERRORS[code];
    expect(retryable).toBe(status === 429 || status === 503);
    const body = { type: problemType(code), title, status, detail: '', code, requestId: 'r' };
    expect(problem.parse(body)).toEqual(body);
  });

  it('has a different title for every code', () => {
    expect(new Set(ERROR_CODES.map((code) => ERRORS[code].title)).size).toBe(ERROR_CODES.length);
  });
});

describe('errorsOfOperation', () => {
  it('adds what follows from authentication, body and idempotency', () => {
    expect(errorsOfOperation(openSession)).toEqual([
      'invalid_request',
      'unauthenticated',
      'forbidden',
      'not_found',
      'unprocessable',
      'ledger_unavailable',
      'payload_too_large',
      'unsupported_media_type',
      'conflict',
      'idempotency_mismatch',
      'rate_limited',
      'internal',
      'overloaded',
    ]);
  });
});
