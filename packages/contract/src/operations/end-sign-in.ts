import { defineOperation } from '../operation.ts';
import { SIGN_IN_AUTH_KINDS } from '../vocabulary.ts';

export const endSignIn = defineOperation({
  operationId: 'endSignIn',
  method: 'POST',
  path: '/v1/sign-out',
  tag: 'Sign-in',
  summary: 'Sign out',
  description:
    'Ends the session of the cookie, at once and on every gateway. A caller with a key has none, and nothing happens. ' +
    '404 where sign-in is not set up.',
  auth: SIGN_IN_AUTH_KINDS,
  browser: false,
  idempotent: false,
  responses: { 204: { description: 'Signed out; the cookie is deleted.', schema: null } },
  errors: ['not_found'],
});
