import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { guardianRulesReply } from '../schemas/guardian.ts';
import { requestIds } from '../schemas/ids.ts';

export const getGuardianRules = defineOperation({
  operationId: 'getGuardianRules',
  method: 'GET',
  path: '/v1/players/{playerId}/guardian-rules',
  tag: 'Guardians',
  summary: 'Read what a guardian tightened, and what the law allows',
  auth: ['secret', 'guardian'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  responses: { 200: { description: 'The rules that hold, and how they came about.', schema: guardianRulesReply } },
});
