import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { consistencyProof, wholeInQuery } from '../schemas/evidence.ts';

export const getConsistencyProof = defineOperation({
  operationId: 'getConsistencyProof',
  method: 'GET',
  path: '/v1/evidence/proof/consistency',
  tag: 'Evidence',
  summary: 'Prove that a later tree has everything of an earlier one',
  auth: ['regulator', 'secret'],
  browser: false,
  idempotent: false,
  purpose: true,
  query: z.strictObject({
    from: wholeInQuery.meta({ description: 'Number of entries of the earlier tree.' }),
    to: wholeInQuery.meta({ description: 'Number of entries of the later one.' }),
  }),
  responses: { 200: { description: 'The proof.', schema: consistencyProof } },
});
