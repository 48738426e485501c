import * as z from 'zod';
import { EXPORT_CURSOR_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';
import { playerExport } from '../schemas/player-export.ts';

export const exportPlayer = defineOperation({
  operationId: 'exportPlayer',
  method: 'GET',
  path: '/v1/players/{playerId}/export',
  tag: 'Age verification',
  summary: 'Export what is held about a player',
  description:
    'For the request of a player or guardian to see their data. Shows the provider what the provider supplied; what came ' +
    'from another source is named and withheld, a guardian’s phone is masked. An erased player is answered too.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  query: z.strictObject({
    cursor: z
      .string()
      .max(EXPORT_CURSOR_LENGTH_MAX)
      .regex(/^[A-Za-z0-9_-]+$/, 'must be a cursor of this operation')
      .optional()
      .meta({ description: '`nextCursor` of the page before.' }),
  }),
  responses: { 200: { description: 'One page.', schema: playerExport } },
});
