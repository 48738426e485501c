import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';

export const revokeKey = defineOperation({
  operationId: 'revokeKey',
  method: 'DELETE',
  path: '/v1/admin/keys/{keyId}',
  tag: 'Operator',
  summary: 'Revoke a key',
  auth: ['operator'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ keyId: requestIds.keyId }),
  responses: { 204: { description: 'Refused from now on.', schema: null } },
});
