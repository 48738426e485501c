import { defineOperation } from '../operation.ts';
import { ageVerification, ageVerificationRequest } from '../schemas/age-verification.ts';

export const createAgeVerification = defineOperation({
  operationId: 'createAgeVerification',
  method: 'POST',
  path: '/v1/age-verifications',
  tag: 'Age verification',
  summary: 'Verify the age of a player',
  description:
    'The same `playerRef` gives the same `playerId`; the same `nationalId` under two refs is one person. ' +
    'An outcome other than `verified` is an answer, not an error.',
  auth: ['secret'],
  browser: false,
  idempotent: true,
  body: ageVerificationRequest,
  responses: { 201: { description: 'The outcome.', schema: ageVerification } },
  errors: ['unprocessable'],
});
