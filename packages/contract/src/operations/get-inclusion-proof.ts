import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { inclusionProof, sizeInQuery, wholeInQuery } from '../schemas/evidence.ts';

export const getInclusionProof = defineOperation({
  operationId: 'getInclusionProof',
  method: 'GET',
  path: '/v1/evidence/proof/inclusion',
  tag: 'Evidence',
  summary: 'Prove that an entry is in the tree',
  auth: ['regulator', 'secret'],
  browser: false,
  idempotent: false,
  purpose: true,
  query: z.strictObject({
    index: wholeInQuery.meta({ description: 'Index of the entry: its `seq`.' }),
    size: sizeInQuery.meta({ description: 'Number of entries of the tree: that of a checkpoint.' }),
  }),
  responses: { 200: { description: 'The proof.', schema: inclusionProof } },
});
