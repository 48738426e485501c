import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { correctionList } from '../schemas/correction.ts';
import { requestIds } from '../schemas/ids.ts';
import { calendarDate } from '../schemas/time.ts';

export const listCorrections = defineOperation({
  operationId: 'listCorrections',
  method: 'GET',
  path: '/v1/players/{playerId}/corrections',
  tag: 'Corrections and statements',
  summary: 'List corrections and grants',
  description: 'Those of every account of the same person.',
  auth: ['secret', 'guardian'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  query: z.strictObject({ date: calendarDate.optional().meta({ description: 'Of this day only.' }) }),
  responses: { 200: { description: 'The entries, newest first.', schema: correctionList } },
});
