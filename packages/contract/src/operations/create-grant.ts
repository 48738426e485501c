import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { correction, grantRequest } from '../schemas/correction.ts';
import { requestIds } from '../schemas/ids.ts';

export const createGrant = defineOperation({
  operationId: 'createGrant',
  method: 'POST',
  path: '/v1/players/{playerId}/grants',
  tag: 'Corrections and statements',
  summary: 'Lift a guardian’s limits for one day',
  description:
    'Bonus time inside the law: the limit of the day is the smaller of the law’s and the guardian’s with the bonus. Where the ' +
    'guardian has set no limit it changes nothing.',
  auth: ['secret', 'guardian'],
  browser: false,
  idempotent: true,
  params: z.strictObject({ playerId: requestIds.playerId }),
  body: grantRequest,
  responses: { 201: { description: 'The entry.', schema: correction } },
  errors: ['unprocessable', 'ledger_unavailable'],
});
