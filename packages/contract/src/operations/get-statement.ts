import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';
import { statement } from '../schemas/statement.ts';
import { calendarDate } from '../schemas/time.ts';
import { MODES } from '../vocabulary.ts';

export const getStatement = defineOperation({
  operationId: 'getStatement',
  method: 'GET',
  path: '/v1/players/{playerId}/statement',
  tag: 'Corrections and statements',
  summary: 'Read why play was stopped on a day',
  description:
    'Sessions, minutes by rule, what was told when, denials and corrections of a day, as data and in plain Vietnamese and English. ' +
    'It is about the person: every account counts. A regulator sees players of live worlds unless it asks for `test`; where its ' +
    'scope names provinces, those who played or wanted to play at an agent of one on that day.',
  auth: ['secret', 'regulator', 'guardian'],
  browser: false,
  idempotent: false,
  purpose: true,
  params: z.strictObject({ playerId: requestIds.playerId }),
  query: z.strictObject({
    date: calendarDate.optional().meta({ description: 'Calendar day in the zone of the policy; today if left out.' }),
    mode: z
      .enum(MODES)
      .optional()
      .meta({ description: 'For regulators: the world of the player; `live` if left out.' }),
  }),
  responses: { 200: { description: 'The day.', schema: statement } },
  errors: ['unprocessable', 'ledger_unavailable'],
});
