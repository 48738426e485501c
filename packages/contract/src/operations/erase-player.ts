import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';
import { instant } from '../schemas/time.ts';

export const erasePlayer = defineOperation({
  operationId: 'erasePlayer',
  method: 'DELETE',
  path: '/v1/players/{playerId}',
  tag: 'Age verification',
  summary: 'Erase the identity of a player',
  description: 'Identity is removed; evidence is kept under the pseudonym. Erasing twice is fine.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  responses: {
    202: {
      description: 'Accepted; nothing personal is readable after 24 hours.',
      schema: z.object({ playerId: replyIds.playerId, acceptedAt: instant }),
    },
  },
});
