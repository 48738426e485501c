import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { ageVerification } from '../schemas/age-verification.ts';
import { requestIds } from '../schemas/ids.ts';
import { presentation } from '../schemas/wallet.ts';

export const completePresentation = defineOperation({
  operationId: 'completePresentation',
  method: 'POST',
  path: '/v1/age-verifications/{verificationId}/presentation',
  tag: 'Age verification',
  summary: 'Hand in what a wallet presented',
  description:
    'Completes a `wallet` verification, once: a presentation that proves nothing makes it `failed`, and another one needs ' +
    'another verification. One that is not pending any more is a `conflict`: read its outcome.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ verificationId: requestIds.verificationId }),
  body: presentation,
  responses: { 200: { description: 'The outcome.', schema: ageVerification } },
  errors: ['conflict'],
});
