import * as z from 'zod';
import { STATIONS_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { station } from '../schemas/agent.ts';

export const listStations = defineOperation({
  operationId: 'listStations',
  method: 'GET',
  path: '/v1/stations',
  tag: 'Agents',
  summary: 'List the seats of the agent',
  auth: ['agent'],
  browser: false,
  idempotent: false,
  responses: {
    200: {
      description: 'All of them, the revoked ones too.',
      schema: z.object({ stations: z.array(station).max(STATIONS_MAX) }),
    },
  },
});
