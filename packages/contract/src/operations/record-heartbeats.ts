import * as z from 'zod';
import { BATCH_BEATS_MAX, ID_LENGTH_MAX, RECEIPT_LENGTH_MAX, SEQ_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { bindingRule } from '../schemas/allowance.ts';
import { endReason } from '../schemas/denial.ts';
import { playState, receiptInRequest } from '../schemas/heartbeat.ts';
import { requestIds } from '../schemas/ids.ts';
import { errorCode } from '../schemas/problem.ts';
import { durationMs, instant } from '../schemas/time.ts';
import { BEAT_VERDICTS } from '../vocabulary.ts';

/** No session has had one below 0, so 0 is always old: it asks and counts nothing. */
const seq = z.int().min(0).max(SEQ_MAX).meta({
  description: 'Counts up from 1; a repeated or older one changes nothing. 0 only asks how it stands.',
});

const beat = z.strictObject({
  sessionId: requestIds.sessionId,
  seq,
  state: playState,
  receipt: receiptInRequest.meta({ description: 'The latest that a batch gave for this session.' }),
});

// The id comes back as it was sent, so that an unknown one can be told too.
const sessionId = z.string().max(ID_LENGTH_MAX);

const beatAnswered = z
  .object({
    sessionId,
    seq,
    verdict: z.enum(BEAT_VERDICTS),
    reason: endReason.optional().meta({ description: 'Present when the verdict is `end`.' }),
    remainingMs: durationMs.nullable(),
    endsAt: instant.nullable(),
    bindingRule: bindingRule.nullable(),
    nextHeartbeatMs: durationMs.nullable(),
    leaseExpiresAt: instant.meta({ description: 'Without an answer play goes on until then, or the end, at most.' }),
    receipt: z.string().max(RECEIPT_LENGTH_MAX).optional().meta({
      description:
        'Of a counted session, where the request asks for it. Opaque; send it with the next beat of the session.',
    }),
  })
  .meta({ id: 'BeatAnswered' });

const beatFailed = z.object({ sessionId, code: errorCode }).meta({
  id: 'BeatFailed',
  description:
    '`not_found`: there is no such session. `ledger_unavailable`: its books cannot be asked now, or are being restored; send the ' +
    'beat again. `unprocessable`: the policy of its game is not in force at this time. After either play goes on until ' +
    '`leaseExpiresAt` of the last answer, or its `endsAt`, at most.',
});

export const recordHeartbeats = defineOperation({
  operationId: 'recordHeartbeats',
  method: 'POST',
  path: '/v1/heartbeats',
  tag: 'Sessions',
  summary: 'Send the heartbeats of many sessions',
  description:
    'For game servers. One bad beat does not spoil the others: it has a code in place of its answer. Only where none of the beats ' +
    'could be recorded the request fails with `ledger_unavailable`. `seq` 0 asks without being a heartbeat.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  body: z.strictObject({
    beats: z.array(beat).min(1).max(BATCH_BEATS_MAX),
    receipts: z.boolean().optional().meta({
      description:
        'Give a receipt with each result. Without one, lost books cost a session its play since it last paused.',
    }),
  }),
  responses: {
    200: {
      description: 'One result per beat, in the same order.',
      schema: z.object({
        serverAt: instant,
        results: z.array(z.union([beatAnswered, beatFailed])).max(BATCH_BEATS_MAX),
      }),
    },
  },
  errors: ['ledger_unavailable'],
});
