import * as z from 'zod';
import { NAME_LENGTH_MAX, URL_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { localPath } from '../schemas/local-path.ts';
import { printable } from '../schemas/text.ts';

export const beginSignIn = defineOperation({
  operationId: 'beginSignIn',
  method: 'GET',
  path: '/v1/sign-in',
  tag: 'Sign-in',
  summary: 'Sign in as a person',
  description:
    'For the browser of somebody who runs the gateway or works for a provider, an agent or a regulator. It goes on to the ' +
    'identity provider and comes back to `returnTo` with a session cookie. 404 where sign-in is not set up.',
  auth: ['none'],
  browser: false,
  idempotent: false,
  query: z.strictObject({
    provider: printable(NAME_LENGTH_MAX)
      .optional()
      .meta({ description: 'Id of the identity provider; the first of the set-up if left out.' }),
    returnTo: localPath.default('/').meta({ description: 'Where to go afterwards: a path of this gateway.' }),
  }),
  responses: {
    302: {
      description: 'On to the identity provider.',
      schema: z.url().max(URL_LENGTH_MAX).meta({ description: 'Its authorization endpoint, with the request.' }),
      isLocation: true,
    },
  },
  errors: ['not_found', 'identity_source_unavailable'],
});
