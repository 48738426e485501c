// The sessions of a batch that the books have lost, or know less of than their receipts prove.
import type { BookRecovery } from './book-recovery.ts';
import { seqOfProof } from './proof-text.ts';
import { type BeatOutcome, eachOf, failedBy } from './record-beats.ts';
import { type BeatRequest, LedgerUnavailableError } from './session-store.ts';

/** Of one request, which waits for them; the others are told to come again. */
export const RESTORED_PER_BATCH_MAX = 100;

export interface ReceiptedBeat {
  readonly sessionId: string;
  readonly receipt?: string | undefined;
}

interface Lost {
  readonly index: number;
  readonly receipt: string;
}

export interface BatchPorts {
  /** Null: nothing is done about books that were lost. */
  readonly recovery: Pick<BookRecovery, 'restoreOfBatch'> | null;
  readonly record: (requests: readonly BeatRequest[]) => Promise<readonly BeatOutcome[]>;
}

export interface Batch {
  readonly beats: readonly ReceiptedBeat[];
  /** Of the beats, in the same order. */
  readonly requests: readonly BeatRequest[];
  /** Receipts are asked for. They cost the books and the answer: whoever neither shows nor wants one does without. */
  readonly receipts: boolean;
}

/** Records the beats; those that were lost are restored by their receipts and recorded then. Rejects as `record` does at first. */
export async function recordBatch(
  { record, recovery }: BatchPorts,
  { beats, receipts, requests }: Batch,
): Promise<readonly BeatOutcome[]> {
  const isPlain = !receipts && beats.every(({ receipt }) => receipt === undefined);
  if (recovery === null || isPlain) return record(requests);
  const held = requests.map((request, index) => ({ ...request, heldSeq: heldSeqOf(beats[index]!) }));
  const outcomes = [...(await record(held))];
  const lost = outcomes.flatMap(({ status }, index) => {
    const { receipt } = beats[index]!;
    const isLost = status === 'not_found' || status === 'behind';
    return isLost && receipt !== undefined ? [{ index, receipt }] : [];
  });
  if (lost.length === 0) return outcomes;
  const unrestored = failedBy(new LedgerUnavailableError('the session is being restored'));
  for (const { index } of lost) outcomes[index] = unrestored;
  const restored = await restoreEach(recovery, lost.slice(0, RESTORED_PER_BATCH_MAX), requests);
  if (restored.length === 0) return outcomes;
  const beatsAgain = restored.map((index) => ({ ...requests[index]!, heldSeq: null }));
  const again = await eachOf(beatsAgain, record(beatsAgain));
  for (const [at, index] of restored.entries()) outcomes[index] = again[at]!;
  return outcomes;
}

const heldSeqOf = ({ receipt }: ReceiptedBeat): number | null => (receipt === undefined ? null : seqOfProof(receipt));

/** Which of them can be asked for again: whoever is nobody's, too. */
async function restoreEach(
  recovery: NonNullable<BatchPorts['recovery']>,
  lost: readonly Lost[],
  requests: readonly BeatRequest[],
): Promise<readonly number[]> {
  const outcomes = await Promise.allSettled(
    lost.map(({ index, receipt }) => recovery.restoreOfBatch(requests[index]!, receipt)),
  );
  return lost.flatMap(({ index }, at) => {
    const outcome = outcomes[at]!;
    if (outcome.status === 'fulfilled') return [index];
    if (outcome.reason instanceof LedgerUnavailableError) return [];
    throw outcome.reason;
  });
}
