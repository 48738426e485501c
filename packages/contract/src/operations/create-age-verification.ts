import { defineOperation } from '../operation.ts';
import { ageVerification, ageVerificationRequest } from '../schemas/age-verification.ts';

export const createAgeVerification = defineOperation({
  operationId: 'createAgeVerification',
  method: 'POST',
  path: '/v1/age-verifications',
  tag: 'Age verification',
  summary: 'Verify the age of a player, or begin to',
  description:
    'The same `playerRef` gives the same `playerId`; the same `nationalId` under two refs is one person. ' +
    'An outcome other than `verified` is an answer, not an error. With `oidc` the answer is `pending` with a `redirectUrl` for ' +
    'the browser of the player, who comes back to `returnUrl` with `verificationId`; read the outcome then, and compare ' +
    'the id with the one begun for this player. Where the source of a method does not answer, the policy decides between ' +
    '`identity_source_unavailable` and a `failed` verification whose age token lets the player in as the youngest.',
  auth: ['secret'],
  browser: false,
  idempotent: true,
  body: ageVerificationRequest,
  responses: { 201: { description: 'The outcome, or where to go.', schema: ageVerification } },
  errors: ['unprocessable', 'identity_source_unavailable'],
});
