import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { guardianRulesReply, guardianRulesRequest } from '../schemas/guardian.ts';
import { requestIds } from '../schemas/ids.ts';

export const setGuardianRules = defineOperation({
  operationId: 'setGuardianRules',
  method: 'PUT',
  path: '/v1/players/{playerId}/guardian-rules',
  tag: 'Guardians',
  summary: 'Set limits, bedtimes and a pause for a child',
  description:
    'They bind every account of the same person until it comes of age, and only tighten: the effective limit is the smaller ' +
    'of the law and these. A running session is judged by them from its next heartbeat on.',
  auth: ['secret', 'guardian'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  body: guardianRulesRequest,
  responses: { 200: { description: 'The rules that hold now.', schema: guardianRulesReply } },
  errors: ['conflict', 'ledger_unavailable'],
});
