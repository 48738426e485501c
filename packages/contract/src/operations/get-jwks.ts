import * as z from 'zod';
import { JWKS_KEYS_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';

const jwks = z
  .object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).max(JWKS_KEYS_MAX) })
  .meta({ id: 'Jwks', description: 'JSON Web Key Set (RFC 7517).' });

export const getJwks = defineOperation({
  operationId: 'getJwks',
  method: 'GET',
  path: '/.well-known/jwks.json',
  tag: 'Public',
  summary: 'Read the public keys of age tokens',
  auth: ['none'],
  browser: false,
  idempotent: false,
  responses: { 200: { description: 'The keys in use.', schema: jwks } },
});
