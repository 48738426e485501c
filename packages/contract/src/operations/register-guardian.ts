import * as z from 'zod';
import { CONSENT_TEXT_VERSION_LENGTH_MAX, NAME_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { CONSENTED_AT, phone } from '../schemas/age-verification.ts';
import { guardianship } from '../schemas/guardian.ts';
import { requestIds } from '../schemas/ids.ts';
import { printable } from '../schemas/text.ts';
import { instantInRequest } from '../schemas/time.ts';
import { GUARDIAN_RELATIONSHIPS } from '../vocabulary.ts';

export const registerGuardian = defineOperation({
  operationId: 'registerGuardian',
  method: 'PUT',
  path: '/v1/players/{playerId}/guardian',
  tag: 'Guardians',
  summary: 'Register a player by a guardian',
  description:
    'Keeps who consented, when, and to which text. It holds for every account of the same person, and replaces the guardian ' +
    'registered before. The same phone is the same guardian. A consent from before the last revocation of the child, ' +
    'whoever gave it, is `conflict`: a new one has a later `consentedAt`. Nobody is the guardian of a player of age: `unprocessable`.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  body: z.strictObject({
    relationship: z.enum(GUARDIAN_RELATIONSHIPS),
    phone,
    name: printable(NAME_LENGTH_MAX).optional(),
    consentedAt: instantInRequest.meta({ description: CONSENTED_AT }),
    consentTextVersion: printable(CONSENT_TEXT_VERSION_LENGTH_MAX).meta({
      description: 'Your own mark of the text that was agreed to.',
      examples: ['vi-2026-03'],
    }),
  }),
  responses: { 200: { description: 'The registration that stands.', schema: guardianship } },
  errors: ['conflict', 'unprocessable'],
});
