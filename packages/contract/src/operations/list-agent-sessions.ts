import * as z from 'zod';
import { AGENT_SESSIONS_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { agentSession } from '../schemas/agent.ts';

export const listAgentSessions = defineOperation({
  operationId: 'listAgentSessions',
  method: 'GET',
  path: '/v1/agent/sessions',
  tag: 'Agents',
  summary: 'List who plays at the seats now',
  description: 'Sessions of all providers and of both modes, by seat; each is right within one heartbeat.',
  auth: ['agent'],
  browser: false,
  idempotent: false,
  responses: {
    200: {
      description: 'All of them.',
      schema: z.object({ sessions: z.array(agentSession).max(AGENT_SESSIONS_MAX) }),
    },
  },
  errors: ['ledger_unavailable'],
});
