import * as z from 'zod';
import { AGENTS_PAGE_MAX, ID_LENGTH_MAX, PROVINCE_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { agent } from '../schemas/agent.ts';
import { printable } from '../schemas/text.ts';

const cursor = z
  .string()
  .max(ID_LENGTH_MAX)
  .regex(/^[A-Za-z0-9_-]+$/, 'must be a cursor of this operation');

export const listAgents = defineOperation({
  operationId: 'listAgents',
  method: 'GET',
  path: '/v1/admin/agents',
  tag: 'Operator',
  summary: 'List the online game agents',
  auth: ['operator'],
  browser: false,
  idempotent: false,
  query: z.strictObject({
    province: printable(PROVINCE_LENGTH_MAX).optional(),
    cursor: cursor.optional().meta({ description: '`nextCursor` of the page before.' }),
  }),
  responses: {
    200: {
      description: 'One page, by id.',
      schema: z.object({
        agents: z.array(agent).max(AGENTS_PAGE_MAX),
        nextCursor: cursor.nullable().meta({ description: 'Null: this is the last page.' }),
      }),
    },
  },
});
