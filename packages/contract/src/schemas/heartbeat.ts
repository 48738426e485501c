// What one heartbeat says and what it is answered with.
import * as z from 'zod';
import { RECEIPT_LENGTH_MAX, SEQ_MAX } from '../limits.ts';
import { PLAY_STATES } from '../vocabulary.ts';
import { allowance } from './allowance.ts';
import { endReason, nextAllowedAt } from './denial.ts';
import { localizedText } from './text.ts';

export const seq = z
  .int()
  .min(1)
  .max(SEQ_MAX)
  .meta({ description: 'Counts up from 1; a repeated or older one changes nothing.' });

export const playState = z.enum(PLAY_STATES);

/** The latest that an answer of the session gave. */
export const receiptInRequest = z.string().max(RECEIPT_LENGTH_MAX).optional();

export const heartbeatRequest = z.strictObject({
  seq,
  state: playState,
  receipt: receiptInRequest,
});

const playGoesOn = z
  .object({ ...allowance.shape, verdict: z.enum(['continue', 'warn']), seq })
  .meta({ id: 'HeartbeatContinued' });

const playEnds = z
  .object({
    ...allowance.shape,
    verdict: z.literal('end'),
    seq,
    reason: endReason,
    nextAllowedAt,
    message: localizedText,
  })
  .meta({ id: 'HeartbeatEnded' });

export const heartbeatReply = z.discriminatedUnion('verdict', [playGoesOn, playEnds]);
