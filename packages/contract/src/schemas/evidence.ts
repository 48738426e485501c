// What stands for evidence on the wire. Hashes are base64 as in checkpoints, keys base64url as in JSON Web Keys.
import * as z from 'zod';
import {
  EVIDENCE_KEYS_MAX,
  EVIDENCE_PROOF_HASHES_MAX,
  EVIDENCE_SIZE_MAX,
  ISSUER_LENGTH_MAX,
  NOTE_LENGTH_MAX,
  SHA256_BASE64_LENGTH,
  VERIFIER_KEY_LENGTH_MAX,
} from '../limits.ts';
import { instant } from './time.ts';

const WHOLE_LENGTH_MAX = String(EVIDENCE_SIZE_MAX).length;

/** A whole number of a query. */
export const wholeInQuery = z
  .string()
  .max(WHOLE_LENGTH_MAX)
  .regex(/^(?:0|[1-9]\d*)$/, 'must be a whole number')
  .refine((text) => !(Number(text) > EVIDENCE_SIZE_MAX), `must be at most ${EVIDENCE_SIZE_MAX}`);

/** The number of leaves of a tree that is not empty. */
export const sizeInQuery = wholeInQuery.refine((text) => text !== '0', 'must be at least 1');

const whole = z.int().min(0).max(EVIDENCE_SIZE_MAX);
const hash = z.base64().length(SHA256_BASE64_LENGTH).meta({ description: 'SHA-256, base64.' });
const hashes = z.array(hash).max(EVIDENCE_PROOF_HASHES_MAX);

export const inclusionProof = z
  .object({ index: whole, size: whole, leafHash: hash, rootHash: hash, proof: hashes })
  .meta({ id: 'InclusionProof', description: '`PATH(index, D[size])` of RFC 6962, section 2.1.1, lowest first.' });

export const consistencyProof = z
  .object({ from: whole, to: whole, fromRootHash: hash, toRootHash: hash, proof: hashes })
  .meta({ id: 'ConsistencyProof', description: '`PROOF(from, D[to])` of RFC 6962, section 2.1.2.' });

export const rangeProof = z
  .object({ start: whole, end: whole, size: whole, rootHash: hash, left: hashes, right: hashes })
  .meta({
    id: 'RangeProof',
    description:
      'Roots of the largest complete subtrees left of the entries from `start` to `end` (itself counted) and right of them, ' +
      'each in the order of the leaves.',
  });

const text = z.string().max(VERIFIER_KEY_LENGTH_MAX);

const evidenceKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: text.meta({ description: 'The public key, base64url.' }),
  kid: text.meta({ description: 'RFC 7638 thumbprint; `kid` of signatures of reports.' }),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
  verifierKey: text.meta({ description: 'The same key as verifiers of signed notes take it.' }),
  signsFromAt: instant,
  signsUntilAt: instant.nullable().meta({ description: '`null`: it signs.' }),
  endorsement: z.string().max(NOTE_LENGTH_MAX).nullable().meta({
    description:
      'A note in which the key before and this one name each other, signed by both; `null`: there was none before.',
  }),
});

export const evidenceKeys = z
  .object({
    origin: z.string().max(ISSUER_LENGTH_MAX).meta({ description: 'Name of the log: first line of its checkpoints.' }),
    keys: z.array(evidenceKey).max(EVIDENCE_KEYS_MAX),
  })
  .meta({
    id: 'EvidenceKeys',
    description: 'A JSON Web Key Set (RFC 7517), newest key first, with the history of each key.',
  });
