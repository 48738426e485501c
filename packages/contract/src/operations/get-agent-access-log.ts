import * as z from 'zod';
import { AGENT_LOG_CURSOR_LENGTH_MAX, AGENT_LOG_ROWS_MAX, ZONE_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { accessLogRow } from '../schemas/agent.ts';
import { calendarDate } from '../schemas/time.ts';
import { MODES } from '../vocabulary.ts';

const cursor = z
  .string()
  .max(AGENT_LOG_CURSOR_LENGTH_MAX)
  .regex(/^[A-Za-z0-9_-]+$/, 'must be a cursor of this operation');

export const getAgentAccessLog = defineOperation({
  operationId: 'getAgentAccessLog',
  method: 'GET',
  path: '/v1/agent/access-log',
  tag: 'Agents',
  summary: 'Read who played at the seats',
  description:
    'One row per session and per refused start, oldest first. JSON comes in pages; CSV is one file, whatever the period.',
  auth: ['agent'],
  browser: false,
  idempotent: false,
  query: z.strictObject({
    from: calendarDate.optional().meta({ description: 'First day, in the zone of the policy; `to` if left out.' }),
    to: calendarDate.optional().meta({ description: 'Last day; today if left out.' }),
    format: z.enum(['json', 'csv']).default('json'),
    mode: z.enum(MODES).optional().meta({ description: 'Both if left out.' }),
    cursor: cursor.optional().meta({ description: '`nextCursor` of the page before; JSON only.' }),
  }),
  responses: {
    200: {
      description: 'A page, or the file.',
      schema: z
        .object({
          from: calendarDate,
          to: calendarDate,
          zone: z.string().max(ZONE_LENGTH_MAX),
          rows: z.array(accessLogRow).max(AGENT_LOG_ROWS_MAX),
          nextCursor: cursor.nullable().meta({ description: 'Null: this is the last page.' }),
        })
        .meta({ id: 'AgentAccessLog' }),
      otherMediaTypes: ['text/csv'],
    },
  },
  errors: ['unprocessable'],
});
