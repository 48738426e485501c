import * as z from 'zod';
import { CSRF_TOKEN_LENGTH_MAX, ID_LENGTH_MAX, ISSUER_LENGTH_MAX, SUBJECT_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { instant } from '../schemas/time.ts';
import { MODES, SIGN_IN_AUTH_KINDS, SIGN_IN_ROLES } from '../vocabulary.ts';

const subject = z
  .object({
    subjectId: z.string().max(ID_LENGTH_MAX),
    mode: z.enum(MODES).nullable().meta({ description: 'Of a provider; null for the others.' }),
  })
  .meta({ id: 'Subject', description: 'The provider, agent or regulator that the caller acts for.' });

const person = z
  .object({ issuer: z.string().max(ISSUER_LENGTH_MAX), subject: z.string().max(SUBJECT_LENGTH_MAX) })
  .meta({ id: 'SignedInPerson', description: 'The person, in the words of the identity provider.' });

export const getMe = defineOperation({
  operationId: 'getMe',
  method: 'GET',
  path: '/v1/me',
  tag: 'Sign-in',
  summary: 'Who am I?',
  description: 'Of the session cookie, or of the key that was presented.',
  auth: SIGN_IN_AUTH_KINDS,
  browser: false,
  idempotent: false,
  responses: {
    200: {
      description: 'The caller.',
      schema: z
        .object({
          roles: z.array(z.enum(SIGN_IN_ROLES)).min(1).max(SIGN_IN_ROLES.length),
          subject: subject.nullable().meta({ description: 'Null: the operator.' }),
          person: person.nullable().meta({ description: 'Null: a key, not a person.' }),
          csrfToken: z.string().max(CSRF_TOKEN_LENGTH_MAX).nullable().meta({
            description: 'To be sent as `X-CSRF-Token` with every request that changes something. Null: not needed.',
          }),
          expiresAt: instant.nullable().meta({
            description: 'When the session ends if it is not used until then. Null: a key does not end by itself.',
          }),
        })
        .meta({ id: 'Me' }),
    },
  },
});
