import * as z from 'zod';
import { LABEL_LENGTH_MAX, STATION_TOKEN_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds } from '../schemas/ids.ts';
import { printable } from '../schemas/text.ts';

export const createStation = defineOperation({
  operationId: 'createStation',
  method: 'POST',
  path: '/v1/stations',
  tag: 'Agents',
  summary: 'Register a seat of the agent',
  description: 'Only the hash of the token is kept.',
  auth: ['agent'],
  browser: false,
  idempotent: true,
  shownOnce: 'stationToken',
  body: z.strictObject({ label: printable(LABEL_LENGTH_MAX) }),
  responses: {
    201: {
      description: 'Registered.',
      schema: z.object({
        stationId: replyIds.stationId,
        stationToken: z.string().max(STATION_TOKEN_LENGTH_MAX),
      }),
    },
  },
});
