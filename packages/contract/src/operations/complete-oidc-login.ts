import * as z from 'zod';
import { CALLBACK_PARAMETER_LENGTH_MAX, HANDLE_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { printable } from '../schemas/text.ts';

/** What identity providers add (`iss`, `session_state`, ...) is their business; it is bounded and handed on. */
const callback = z
  .object({ state: printable(HANDLE_LENGTH_MAX), code: printable(CALLBACK_PARAMETER_LENGTH_MAX).optional() })
  .catchall(z.string().max(CALLBACK_PARAMETER_LENGTH_MAX));

export const completeOidcLogin = defineOperation({
  operationId: 'completeOidcLogin',
  method: 'GET',
  path: '/v1/oidc/callback',
  tag: 'Public',
  summary: 'Come back from an identity provider',
  description:
    'Where an OpenID provider sends the browser of a player. It completes the verification that `state` belongs to, once, ' +
    'and sends the browser on to the `returnUrl` with `verificationId` added; the outcome is read by the server of the game.',
  auth: ['none'],
  browser: false,
  idempotent: false,
  query: callback,
  responses: {
    303: {
      description: 'On to the returnUrl, whatever the outcome.',
      schema: z.url().meta({ description: 'The returnUrl with `verificationId`.' }),
      isLocation: true,
    },
  },
  errors: ['unprocessable'],
});
