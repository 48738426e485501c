import * as z from 'zod';
import { defineOperation } from '../operation.ts';
import { requestIds } from '../schemas/ids.ts';

export const getSessionEvents = defineOperation({
  operationId: 'getSessionEvents',
  method: 'GET',
  path: '/v1/sessions/{sessionId}/events',
  tag: 'Sessions',
  summary: 'Be told at once when to beat or end',
  description:
    'Server-sent events (WHATWG) that spare a session the wait for its next heartbeat. `hello` `{serverAt}` comes first; ' +
    '`renew` `{}`: what the session may do has changed, send a heartbeat now; `end` `{reason}`: play is over, the next ' +
    'heartbeat says so, and the stream closes (`reason` null: only that heartbeat knows it). Comments keep the connection ' +
    'alive. An event may be lost and none is kept for later: heartbeats stay the truth, and after a lost connection one ' +
    'should be sent once `hello` has come. The stream closes when the session token expires.',
  auth: ['session'],
  browser: true,
  idempotent: false,
  params: z.strictObject({ sessionId: requestIds.sessionId }),
  responses: {
    200: { description: 'Events, until one side ends it.', schema: z.string(), mediaType: 'text/event-stream' },
  },
});
