import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import { NAME_LENGTH_MAX, PROBLEM_ERRORS_MAX, REQUEST_ID_LENGTH_MAX, TEXT_LENGTH_MAX } from '../limits.ts';

export const errorCode = z.enum(ERROR_CODES as readonly [ErrorCode, ...ErrorCode[]]).meta({
  id: 'ErrorCode',
  description: 'Stable; more may come, so treat an unknown one by its status.',
});

const fieldError = z.object({
  path: z
    .string()
    .max(NAME_LENGTH_MAX)
    .meta({ description: 'Where in the request.', examples: ['beats.0.seq'] }),
  message: z.string().max(TEXT_LENGTH_MAX),
});

/** The body of every error (RFC 9457), `application/problem+json`. */
export const problem = z
  .object({
    type: z
      .string()
      .max(NAME_LENGTH_MAX)
      .meta({ format: 'uri-reference', examples: ['/problems/invalid_request'] }),
    title: z.string().max(NAME_LENGTH_MAX).meta({ description: 'Fixed per code.' }),
    status: z.int().min(400).max(599),
    detail: z.string().max(TEXT_LENGTH_MAX),
    code: errorCode,
    requestId: z.string().max(REQUEST_ID_LENGTH_MAX),
    errors: z.array(fieldError).max(PROBLEM_ERRORS_MAX).optional(),
  })
  .meta({ id: 'Problem', description: 'What is wrong with the request or the gateway (RFC 9457).' });
