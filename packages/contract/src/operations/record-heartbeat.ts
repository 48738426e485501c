import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { heartbeatReply, heartbeatRequest } from '../schemas/heartbeat.ts';
import { requestIds } from '../schemas/ids.ts';

export const recordHeartbeat = defineOperation({
  operationId: 'recordHeartbeat',
  method: 'POST',
  path: '/v1/sessions/{sessionId}/heartbeats',
  tag: 'Sessions',
  summary: 'Prove that a session is being played',
  description:
    'A repeated or older `seq` changes nothing and gets the current answer. ' +
    'After the end the answer is `end` again and again, and nothing is counted.',
  auth: ['session'],
  browser: true,
  idempotent: false,
  params: z.strictObject({ sessionId: requestIds.sessionId }),
  body: heartbeatRequest,
  responses: { 200: { description: 'Whether play goes on.', schema: heartbeatReply } },
  errors: ['unprocessable', 'ledger_unavailable'],
});
