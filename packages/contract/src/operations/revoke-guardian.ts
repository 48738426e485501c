import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';

export const revokeGuardian = defineOperation({
  operationId: 'revokeGuardian',
  method: 'DELETE',
  path: '/v1/players/{playerId}/guardian',
  tag: 'Guardians',
  summary: 'Revoke the registration of a player',
  description:
    'Takes effect with the next start and the next heartbeat, and ends the links of the guardian. Revoking twice is fine. ' +
    'Rules that were set stay.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  responses: { 204: { description: 'Revoked.', schema: null } },
  errors: ['ledger_unavailable'],
});
