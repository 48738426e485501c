import type { Clock } from '../../clock.ts';
import type { EvidenceService } from '../../compliance/evidence/evidence-service.ts';
import { keySetOf } from '../../compliance/evidence/key-set.ts';
import type { HandlersOf } from '../handler.ts';

export interface EvidencePorts {
  readonly evidence: EvidenceService;
  /** Keys and checkpoints go by real time, whatever a sandbox clock says. */
  readonly clock: Clock;
}

type EvidenceOperation =
  | 'getCheckpoint'
  | 'getEvidenceEntries'
  | 'getInclusionProof'
  | 'getConsistencyProof'
  | 'getRangeProof'
  | 'getEvidenceKeys';

const ENTRIES_PATH = '/v1/evidence/entries';

export function evidenceRoutes({ clock, evidence }: EvidencePorts): HandlersOf<EvidenceOperation> {
  return {
    getCheckpoint: async () => ({ status: 200, body: await evidence.checkpoint(clock.now()) }),
    getEvidenceEntries: async ({ query }, { principal }) => {
      const world = principal.kind === 'secret' ? principal.world : null;
      const last = query.end === undefined ? null : Number(query.end);
      const { entries, nextStart } = await evidence.entries(Number(query.start ?? 0), last, world);
      return {
        status: 200,
        raw: { mediaType: 'application/x-ndjson; charset=utf-8', content: linesOf(entries) },
        ...(nextStart !== null && { headers: { Link: nextLink(nextStart, query.end) } }),
      };
    },
    getInclusionProof: async ({ query }) => {
      const [index, size] = [Number(query.index), Number(query.size)];
      const proof = await evidence.inclusionProof(index, size);
      const [leafHash, rootHash] = [await evidence.leafHash(index), await evidence.root(size)].map(base64);
      return { status: 200, body: { index, size, leafHash: leafHash!, rootHash: rootHash!, proof: proof.map(base64) } };
    },
    getConsistencyProof: async ({ query }) => {
      const [from, to] = [Number(query.from), Number(query.to)];
      const proof = await evidence.consistencyProof(from, to);
      const [fromRootHash, toRootHash] = [await evidence.root(from), await evidence.root(to)].map(base64);
      const body = { from, to, fromRootHash: fromRootHash!, toRootHash: toRootHash!, proof: proof.map(base64) };
      return { status: 200, body };
    },
    getRangeProof: async ({ query }) => {
      const [start, end, size] = [Number(query.start), Number(query.end), Number(query.size)];
      const { left, right } = await evidence.rangeProof({ start, end: end + 1 }, size);
      const rootHash = base64(await evidence.root(size));
      return { status: 200, body: { start, end, size, rootHash, left: left.map(base64), right: right.map(base64) } };
    },
    getEvidenceKeys: async () => ({
      status: 200,
      body: keySetOf(evidence.origin, await evidence.keys(clock.now())),
    }),
  };
}

async function* linesOf(pages: AsyncIterable<readonly string[]>): AsyncIterable<string> {
  for await (const leaves of pages) yield leaves.map((leaf) => `${leaf}\n`).join('');
}

function nextLink(start: number, end: string | undefined): string {
  const query = new URLSearchParams({ start: String(start), ...(end !== undefined && { end }) });
  return `<${ENTRIES_PATH}?${query}>; rel="next"`;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
