import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { agentNote } from '../schemas/agent.ts';
import { replyIds, requestIds } from '../schemas/ids.ts';
import { instant } from '../schemas/time.ts';

export const endAgentSession = defineOperation({
  operationId: 'endAgentSession',
  method: 'POST',
  path: '/v1/agent/sessions/{sessionId}/end',
  tag: 'Agents',
  summary: 'End a session at one of the seats now',
  description:
    'Play counts up to this instant; the next heartbeat is told `agent_ended`. Ending what is over already changes nothing.',
  auth: ['agent'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ sessionId: requestIds.sessionId }),
  body: z.strictObject({
    reason: agentNote.meta({
      description: 'For the access log: a code or a short sentence. It names no person, and players never see it.',
      examples: ['closing'],
    }),
  }),
  responses: {
    200: {
      description: 'Over.',
      schema: z
        .object({
          sessionId: replyIds.sessionId,
          endedAt: instant,
          wasOver: z.boolean().meta({ description: 'True: it had ended before, by this or anything else.' }),
        })
        .meta({ id: 'AgentSessionEnded' }),
    },
  },
  errors: ['ledger_unavailable'],
});
