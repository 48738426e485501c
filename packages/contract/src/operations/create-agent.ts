import * as z from 'zod';
import { API_KEY_LENGTH_MAX, LICENCE_NO_LENGTH_MAX, NAME_LENGTH_MAX, PROVINCE_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds } from '../schemas/ids.ts';
import { printable } from '../schemas/text.ts';
import { wallTime } from '../schemas/time.ts';

// Opening hours of public game service points: Decree 174/2026 art. 100.3(đ).
const OPENS_AT = '08:00';
const CLOSES_AT = '22:00';

export const createAgent = defineOperation({
  operationId: 'createAgent',
  method: 'POST',
  path: '/v1/admin/agents',
  tag: 'Operator',
  summary: 'Register an online game agent',
  description: 'Only the hash of the key is kept. Hours wider than those of the policy have no effect.',
  auth: ['operator'],
  browser: false,
  idempotent: true,
  shownOnce: 'key',
  body: z.strictObject({
    name: printable(NAME_LENGTH_MAX),
    licenceNo: printable(LICENCE_NO_LENGTH_MAX),
    province: printable(PROVINCE_LENGTH_MAX),
    opensAt: wallTime.default(OPENS_AT),
    closesAt: wallTime.default(CLOSES_AT),
  }),
  responses: {
    201: {
      description: 'Registered.',
      schema: z.object({
        agentId: replyIds.agentId,
        keyId: replyIds.keyId,
        key: z.string().max(API_KEY_LENGTH_MAX),
      }),
    },
  },
});
