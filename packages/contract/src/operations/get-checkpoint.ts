import * as z from 'zod';
import { NOTE_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';

export const getCheckpoint = defineOperation({
  operationId: 'getCheckpoint',
  method: 'GET',
  path: '/v1/evidence/checkpoint',
  tag: 'Evidence',
  summary: 'Read a signed checkpoint of everything recorded',
  description:
    'A signed note (c2sp.org/tlog-checkpoint): the name of the log, the number of entries, the root hash over them, and a ' +
    'signature line per key. Whoever keeps one can later prove whether anything before it was changed.',
  auth: ['regulator', 'secret'],
  browser: false,
  idempotent: false,
  purpose: true,
  responses: {
    200: { description: 'The signed note.', schema: z.string().max(NOTE_LENGTH_MAX), mediaType: 'text/plain' },
  },
});
