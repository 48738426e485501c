import * as z from 'zod';
import { CALLBACK_PARAMETER_LENGTH_MAX, HANDLE_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { localPath } from '../schemas/local-path.ts';
import { printable } from '../schemas/text.ts';

/** What identity providers add (`iss`, `session_state`, ...) is their business; it is bounded and handed on. */
const callback = z
  .object({ state: printable(HANDLE_LENGTH_MAX), code: printable(CALLBACK_PARAMETER_LENGTH_MAX).optional() })
  .catchall(z.string().max(CALLBACK_PARAMETER_LENGTH_MAX));

export const completeSignIn = defineOperation({
  operationId: 'completeSignIn',
  method: 'GET',
  path: '/v1/sign-in/callback',
  tag: 'Sign-in',
  summary: 'Come back from signing in',
  description:
    'Where the identity provider sends the browser. It works once, and only in the browser that began. Who signed in but ' +
    'has no role here is told 403. Sets the session cookie, `__Host-playgate`.',
  auth: ['none'],
  browser: false,
  idempotent: false,
  query: callback,
  responses: {
    303: {
      description: 'Signed in.',
      schema: localPath.meta({ description: 'The `returnTo` of the beginning.' }),
      isLocation: true,
    },
  },
  errors: ['not_found', 'forbidden', 'unprocessable', 'identity_source_unavailable'],
});
