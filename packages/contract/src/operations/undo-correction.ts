import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { correction, undoRequest } from '../schemas/correction.ts';
import { requestIds } from '../schemas/ids.ts';

export const undoCorrection = defineOperation({
  operationId: 'undoCorrection',
  method: 'POST',
  path: '/v1/players/{playerId}/corrections/{correctionId}/undo',
  tag: 'Corrections and statements',
  summary: 'Take a correction or grant back',
  description:
    'A new entry with the opposite figures; both stay on the record. Each entry can be taken back once (`conflict`), and an undo ' +
    'not at all. A guardian can take back grants.',
  auth: ['secret', 'guardian'],
  browser: false,
  idempotent: true,
  params: z.strictObject({ playerId: requestIds.playerId, correctionId: requestIds.correctionId }),
  body: undoRequest,
  responses: { 201: { description: 'The entry that takes it back.', schema: correction } },
  errors: ['unprocessable', 'conflict', 'ledger_unavailable'],
});
