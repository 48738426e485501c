import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';

export const revokeGuardianLink = defineOperation({
  operationId: 'revokeGuardianLink',
  method: 'DELETE',
  path: '/v1/players/{playerId}/guardian-links/{linkId}',
  tag: 'Guardians',
  summary: 'Revoke a link of a guardian at once',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId, linkId: requestIds.guardianLinkId }),
  responses: { 204: { description: 'Revoked.', schema: null } },
});
