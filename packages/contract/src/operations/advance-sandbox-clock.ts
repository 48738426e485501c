import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { sandboxClock } from '../schemas/sandbox-clock.ts';
import { durationMs } from '../schemas/time.ts';

export const advanceSandboxClock = defineOperation({
  operationId: 'advanceSandboxClock',
  method: 'POST',
  path: '/v1/sandbox/clock/advance',
  tag: 'Sandbox clock',
  summary: 'Move the clock of the test world forward',
  description: 'Test keys only. A clock that follows real time is frozen where it stands, then moved.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  body: z.strictObject({ ms: durationMs }),
  responses: { 200: { description: 'The clock as it stands now.', schema: sandboxClock } },
  errors: ['unprocessable'],
});
