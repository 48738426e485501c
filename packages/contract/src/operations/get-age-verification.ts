import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { ageVerification } from '../schemas/age-verification.ts';
import { requestIds } from '../schemas/ids.ts';

export const getAgeVerification = defineOperation({
  operationId: 'getAgeVerification',
  method: 'GET',
  path: '/v1/age-verifications/{verificationId}',
  tag: 'Age verification',
  summary: 'Read the outcome of a verification',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ verificationId: requestIds.verificationId }),
  responses: { 200: { description: 'The outcome.', schema: ageVerification } },
});
