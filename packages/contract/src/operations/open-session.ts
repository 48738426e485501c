import * as z from 'zod';
import { DEVICE_ID_LENGTH_MAX, PLATFORM_LENGTH_MAX, STATION_TOKEN_LENGTH_MAX, TOKEN_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { allowance } from '../schemas/allowance.ts';
import { denial } from '../schemas/denial.ts';
import { gameId, replyIds } from '../schemas/ids.ts';
import { printable } from '../schemas/text.ts';

const sessionOpened = z
  .object({
    ...allowance.shape,
    verdict: z.literal('play'),
    sessionId: replyIds.sessionId,
    sessionToken: z.string().max(TOKEN_LENGTH_MAX),
  })
  .meta({ id: 'SessionOpened' });

export const openSession = defineOperation({
  operationId: 'openSession',
  method: 'POST',
  path: '/v1/sessions',
  tag: 'Sessions',
  summary: 'Open a play session',
  description: 'A refusal is an answer (200) with its reason and the next allowed time.',
  auth: ['publishable', 'secret'],
  browser: true,
  idempotent: true,
  body: z.strictObject({
    ageToken: z.string().min(1).max(TOKEN_LENGTH_MAX).nullable().meta({
      description: 'From a verification; null: the player is not verified.',
    }),
    gameId,
    device: z
      .strictObject({
        id: printable(DEVICE_ID_LENGTH_MAX).optional(),
        platform: printable(PLATFORM_LENGTH_MAX).optional(),
      })
      .optional(),
    stationToken: printable(STATION_TOKEN_LENGTH_MAX).optional().meta({
      description: 'The seat of an agent on which is played.',
    }),
  }),
  responses: {
    200: { description: 'Refused.', schema: denial },
    201: { description: 'Opened.', schema: sessionOpened },
  },
  errors: ['not_found', 'unprocessable', 'ledger_unavailable'],
});
