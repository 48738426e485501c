import { JWKS_MAX_AGE_S } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { evidenceKeys } from '../schemas/evidence.ts';

export const getEvidenceKeys = defineOperation({
  operationId: 'getEvidenceKeys',
  method: 'GET',
  path: '/v1/evidence/keys',
  tag: 'Public',
  summary: 'Read the public keys of checkpoints and reports',
  description:
    'Every key there ever was. Keep the one that signs today, from a source you trust: it is what makes a verification later ' +
    'mean anything. Keys that follow each other vouch for each other.',
  auth: ['none'],
  browser: false,
  idempotent: false,
  cacheMaxAgeS: JWKS_MAX_AGE_S,
  responses: { 200: { description: 'The keys.', schema: evidenceKeys } },
});
