import * as z from 'zod';
import { JWKS_KEYS_MAX, JWKS_MAX_AGE_S } from '../limits.ts';
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
  description:
    'May be kept for `Cache-Control: max-age`, which is shorter than the time between the publication of a key and its ' +
    'first signature. A key goes when no token it signed can be valid any more.',
  auth: ['none'],
  browser: false,
  idempotent: false,
  cacheMaxAgeS: JWKS_MAX_AGE_S,
  responses: { 200: { description: 'The keys in use.', schema: jwks } },
});
