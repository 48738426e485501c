import * as z from 'zod';
import { STATION_TOKEN_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';

export const issueStationToken = defineOperation({
  operationId: 'issueStationToken',
  method: 'POST',
  path: '/v1/stations/{stationId}/tokens',
  tag: 'Agents',
  summary: 'Give a seat a new token',
  description: 'The token before is refused at once, and a revoked seat is good again; what is being played goes on.',
  auth: ['agent'],
  browser: false,
  idempotent: true,
  shownOnce: 'stationToken',
  params: z.strictObject({ stationId: requestIds.stationId }),
  responses: {
    201: {
      description: 'Issued.',
      schema: z.object({
        stationId: replyIds.stationId,
        stationToken: z.string().max(STATION_TOKEN_LENGTH_MAX),
      }),
    },
  },
});
