import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';

export const revokeStation = defineOperation({
  operationId: 'revokeStation',
  method: 'DELETE',
  path: '/v1/stations/{stationId}',
  tag: 'Agents',
  summary: 'Revoke the token of a seat',
  description: 'No session starts at it any more; it stays in the access log, and what is being played goes on.',
  auth: ['agent'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ stationId: requestIds.stationId }),
  responses: { 204: { description: 'Revoked, now or before.', schema: null } },
});
