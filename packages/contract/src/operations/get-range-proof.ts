import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { rangeProof, sizeInQuery, wholeInQuery } from '../schemas/evidence.ts';

export const getRangeProof = defineOperation({
  operationId: 'getRangeProof',
  method: 'GET',
  path: '/v1/evidence/proof/range',
  tag: 'Evidence',
  summary: 'Prove that a run of entries is in the tree, whole and in order',
  auth: ['regulator', 'secret'],
  browser: false,
  idempotent: false,
  purpose: true,
  query: z.strictObject({
    start: wholeInQuery.meta({ description: 'First index.' }),
    end: wholeInQuery.meta({ description: 'Last index, itself counted.' }),
    size: sizeInQuery.meta({ description: 'Number of entries of the tree: that of a checkpoint.' }),
  }),
  responses: { 200: { description: 'The proof.', schema: rangeProof } },
});
