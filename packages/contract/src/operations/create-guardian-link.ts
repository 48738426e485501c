import * as z from 'zod';
import { GUARDIAN_LINK_MS_DEFAULT, GUARDIAN_LINK_MS_MAX, GUARDIAN_LINK_MS_MIN, URL_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';
import { instant } from '../schemas/time.ts';

export const createGuardianLink = defineOperation({
  operationId: 'createGuardianLink',
  method: 'POST',
  path: '/v1/players/{playerId}/guardian-links',
  tag: 'Guardians',
  summary: 'Make a link by which the guardian sees and tightens',
  description:
    'Hand it to the guardian only: whoever has it reads the play of this child and sets its rules until it expires. The token is ' +
    'in the fragment of the URL, which browsers send to no server.',
  auth: ['secret'],
  browser: false,
  idempotent: true,
  shownOnce: 'url',
  params: z.strictObject({ playerId: requestIds.playerId }),
  body: z.strictObject({
    expiresInMs: z.int().min(GUARDIAN_LINK_MS_MIN).max(GUARDIAN_LINK_MS_MAX).default(GUARDIAN_LINK_MS_DEFAULT),
  }),
  responses: {
    201: {
      description: 'The link.',
      schema: z.object({
        linkId: replyIds.guardianLinkId,
        url: z
          .string()
          .max(URL_LENGTH_MAX)
          .meta({ format: 'uri', examples: ['https://gate.example/guardian#eyJ...'] }),
        expiresAt: instant,
      }),
    },
  },
  errors: ['unprocessable'],
});
