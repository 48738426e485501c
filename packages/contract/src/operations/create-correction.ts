import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { correction, correctionRequest } from '../schemas/correction.ts';
import { requestIds } from '../schemas/ids.ts';

export const createCorrection = defineOperation({
  operationId: 'createCorrection',
  method: 'POST',
  path: '/v1/players/{playerId}/corrections',
  tag: 'Corrections and statements',
  summary: 'Correct what counts as played on a day',
  description:
    'A new entry with its author and reason; intervals of play are never edited. It holds for every account of the same person, ' +
    'and a running session is judged by it from its next heartbeat on. Time is not given back beyond the law, unless the reason ' +
    'says that it mends an error: `unprocessable` then, as for more than was counted.',
  auth: ['secret'],
  browser: false,
  idempotent: true,
  params: z.strictObject({ playerId: requestIds.playerId }),
  body: correctionRequest,
  responses: { 201: { description: 'The entry.', schema: correction } },
  errors: ['unprocessable', 'ledger_unavailable'],
});
