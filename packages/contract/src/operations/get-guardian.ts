import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { guardianship } from '../schemas/guardian.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';

export const getGuardian = defineOperation({
  operationId: 'getGuardian',
  method: 'GET',
  path: '/v1/players/{playerId}/guardian',
  tag: 'Guardians',
  summary: 'Read who registered a player',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  responses: {
    200: {
      description: 'The registration that stands; null where there is none.',
      schema: z.object({ playerId: replyIds.playerId, guardian: guardianship.nullable() }),
    },
  },
});
