import { defineOperation } from '../operation.ts';
import { sandboxClock } from '../schemas/sandbox-clock.ts';

export const getSandboxClock = defineOperation({
  operationId: 'getSandboxClock',
  method: 'GET',
  path: '/v1/sandbox/clock',
  tag: 'Sandbox clock',
  summary: 'Read the clock of the test world',
  description: 'Test keys only.',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  responses: { 200: { description: 'The clock as it stands now.', schema: sandboxClock } },
});
