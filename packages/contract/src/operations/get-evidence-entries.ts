import * as z from 'zod';
import { EVIDENCE_ENTRIES_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { wholeInQuery } from '../schemas/evidence.ts';

export const getEvidenceEntries = defineOperation({
  operationId: 'getEvidenceEntries',
  method: 'GET',
  path: '/v1/evidence/entries',
  tag: 'Evidence',
  summary: 'Read entries of the evidence tree',
  description:
    'A line per entry, in order: canonical JSON (RFC 8785), then a newline. The bytes of a line without its newline are the ' +
    `leaf, its hash SHA-256(0x00 || line). One answer covers at most ${EVIDENCE_ENTRIES_MAX} entries; where there are more of ` +
    'what was asked, `Link: <...>; rel="next"` is where to go on. A regulator gets every entry: they are pseudonymous, and the ' +
    'tree can be checked only as a whole. A secret key gets those of its own world; `seq` is the index of each in the tree.',
  auth: ['regulator', 'secret'],
  browser: false,
  idempotent: false,
  purpose: true,
  query: z.strictObject({
    start: wholeInQuery.optional().meta({ description: 'First index; 0 if left out.' }),
    end: wholeInQuery.optional().meta({
      description: 'Last index, itself counted (as in RFC 6962); the last there is if left out or beyond it.',
    }),
  }),
  responses: {
    200: { description: 'The entries.', schema: z.string(), mediaType: 'application/x-ndjson' },
  },
});
