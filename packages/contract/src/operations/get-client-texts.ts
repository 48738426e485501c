import * as z from 'zod';
import { CLIENT_LOCALES } from '../client-texts.ts';
import {
  CLIENT_TEXT_LENGTH_MAX,
  CLIENT_TEXTS_MAX_AGE_S,
  CLIENT_TEXTS_VERSION_LENGTH_MAX,
  LANGUAGE_TAG_LENGTH_MAX,
  WORD_LENGTH_MAX,
} from '../limits.ts';
import { defineOperation } from '../operation.ts';

export const getClientTexts = defineOperation({
  operationId: 'getClientTexts',
  method: 'GET',
  path: '/v1/client-texts',
  tag: 'Sessions',
  summary: 'Read the texts that clients show to players',
  description:
    'Plain texts with places to fill (`{time}`), in one language. Show the newest you could get; those that ship with the SDK ' +
    'are the fallback. The entity tag changes with the texts and with nothing else: `If-None-Match` with it is answered 304. ' +
    'Words of refusals and ends come with these (`message`), those of health notices with the allowance.',
  auth: ['publishable', 'secret'],
  browser: true,
  idempotent: false,
  cacheMaxAgeS: CLIENT_TEXTS_MAX_AGE_S,
  query: z.strictObject({
    locale: z
      .string()
      .max(LANGUAGE_TAG_LENGTH_MAX)
      .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, 'must be a language tag')
      .optional()
      .meta({
        description:
          'Language tag (BCP 47). Region and script are left out of account; a language that the gateway does not have, and none, ' +
          `give \`${CLIENT_LOCALES[0]}\`.`,
        examples: ['vi', 'en-GB'],
      }),
  }),
  responses: {
    200: {
      description: 'The texts, with an entity tag.',
      schema: z
        .object({
          version: z.string().max(CLIENT_TEXTS_VERSION_LENGTH_MAX).meta({ description: 'Of exactly these texts.' }),
          locale: z.enum(CLIENT_LOCALES).meta({ description: 'The language that they are in.' }),
          texts: z.record(z.string().max(WORD_LENGTH_MAX), z.string().max(CLIENT_TEXT_LENGTH_MAX)),
        })
        .meta({ id: 'ClientTexts' }),
    },
    304: { description: 'You have them.', schema: null },
  },
});
