import { defineOperation } from '../operation.ts';
import { sandboxClock } from '../schemas/sandbox-clock.ts';

export const releaseSandboxClock = defineOperation({
  operationId: 'releaseSandboxClock',
  method: 'DELETE',
  path: '/v1/sandbox/clock',
  tag: 'Sandbox clock',
  summary: 'Return the test world to real time',
  description: 'Test keys only.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  responses: { 200: { description: 'The clock as it stands now.', schema: sandboxClock } },
});
