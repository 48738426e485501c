import * as z from 'zod';
import { IDEMPOTENCY_KEY_LENGTH_MAX } from '../limits.ts';

/** Value of the Idempotency-Key header: visible ASCII. */
export const idempotencyKey = z
  .string()
  .min(1)
  .max(IDEMPOTENCY_KEY_LENGTH_MAX)
  .regex(/^[!-~]+$/, 'must consist of visible ASCII characters');
