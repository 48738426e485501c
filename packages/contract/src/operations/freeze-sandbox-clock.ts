import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { sandboxClock } from '../schemas/sandbox-clock.ts';
import { sandboxInstant } from '../schemas/time.ts';

export const freezeSandboxClock = defineOperation({
  operationId: 'freezeSandboxClock',
  method: 'PUT',
  path: '/v1/sandbox/clock',
  tag: 'Sandbox clock',
  summary: 'Freeze the test world at an instant',
  description: 'Test keys only.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  body: z.strictObject({ now: sandboxInstant }),
  responses: { 200: { description: 'The clock as it stands now.', schema: sandboxClock } },
});
