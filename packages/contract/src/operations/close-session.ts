import * as z from 'zod';
import { SEQ_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { usedToday } from '../schemas/allowance.ts';
import { receiptInRequest, seq } from '../schemas/heartbeat.ts';
import { requestIds } from '../schemas/ids.ts';
import { word } from '../schemas/text.ts';
import { durationMs, instant, instantInRequest } from '../schemas/time.ts';

// 0: the answer to the start itself.
const verdictSeq = z.int().min(0).max(SEQ_MAX);

const enforcement = z
  .strictObject({ verdictSeq, endedAt: instantInRequest })
  .meta({ description: 'When the client stopped play, and after the answer to which heartbeat.' });

export const closeSession = defineOperation({
  operationId: 'closeSession',
  method: 'POST',
  path: '/v1/sessions/{sessionId}/close',
  tag: 'Sessions',
  summary: 'Close a session',
  description: 'Closing twice is fine: the second time tells what the first did.',
  auth: ['session', 'secret'],
  browser: true,
  idempotent: false,
  params: z.strictObject({ sessionId: requestIds.sessionId }),
  body: z.strictObject({
    seq: seq.optional(),
    reason: word.meta({
      description: '`quit`, `limit`, `window`, `background`, `error`, or a word of your own.',
      examples: ['quit'],
    }),
    enforcement: enforcement.optional(),
    receipt: receiptInRequest,
  }),
  responses: {
    200: {
      description: 'Closed.',
      schema: z
        .object({
          closedAt: instant,
          reason: word,
          used: usedToday,
          timeToEnforceMs: durationMs.nullable().meta({ description: 'From the end being due to the end of play.' }),
        })
        .meta({ id: 'SessionClosed' }),
    },
  },
  errors: ['unprocessable', 'ledger_unavailable'],
});
