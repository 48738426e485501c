// Beats into the books: those whose plan has run out are resolved anew and sent once more. What becomes of one beat changes nothing
// for the others.
import { Fault } from '../fault.ts';
import { type BeatReply, type BeatRequest, LedgerUnavailableError, type SessionStore } from './session-store.ts';

/** A beat without a reply. By a Fault it was refused, or cannot be answered; else nothing is known of its outcome. */
export interface FailedBeat {
  readonly status: 'failed';
  readonly error: Fault | LedgerUnavailableError;
}

export type BeatOutcome = BeatReply | FailedBeat;

type Found = Exclude<BeatReply, { status: 'not_found' }>;

export interface RecordingPorts {
  readonly store: Pick<SessionStore, 'recordBeats'>;
  /** The same beat with a plan and context for its instant. */
  readonly renew: (request: BeatRequest, reply: Found) => Promise<BeatRequest>;
}

/** In the order of the requests. Rejects with a LedgerUnavailableError where the books cannot be asked for any of them. */
export async function recordRenewed(
  { renew, store }: RecordingPorts,
  requests: readonly BeatRequest[],
): Promise<readonly BeatOutcome[]> {
  const first = await store.recordBeats(requests);
  if (first.every(({ status }) => status !== 'stale')) return first;
  const outcomes: BeatOutcome[] = [...first];
  const stale = first.flatMap((reply, index) => (reply.status === 'stale' ? [{ reply, index }] : []));
  const renewals = await Promise.all(stale.map(({ reply, index }) => renew(requests[index]!, reply).catch(failedBy)));
  const again: { readonly index: number; readonly request: BeatRequest }[] = [];
  for (const [at, { index }] of stale.entries()) {
    const renewal = renewals[at]!;
    if ('status' in renewal) outcomes[index] = renewal;
    else again.push({ index, request: renewal });
  }
  const sent = again.map(({ request }) => request);
  const replies = sent.length === 0 ? [] : await eachOf(sent, store.recordBeats(sent));
  for (const [at, { index }] of again.entries()) {
    const reply = replies[at]!;
    outcomes[index] = reply.status === 'stale' ? failedBy(movedOn()) : reply;
  }
  return outcomes;
}

const movedOn = () => new LedgerUnavailableError('the time of the world moved during the heartbeat');

/** What came of the requests; where that is an unavailable ledger, it is so for each of them. */
export async function eachOf(
  requests: readonly BeatRequest[],
  outcomes: Promise<readonly BeatOutcome[]>,
): Promise<readonly BeatOutcome[]> {
  try {
    return await outcomes;
  } catch (error) {
    return requests.map(() => failedBy(error));
  }
}

/** Throws whatever is neither. */
export function failedBy(error: unknown): FailedBeat {
  if (error instanceof Fault || error instanceof LedgerUnavailableError) return { status: 'failed', error };
  throw error;
}

/** Of one beat. Throws why it has none. */
export function onlyReply([outcome]: readonly BeatOutcome[]): BeatReply {
  if (outcome === undefined) throw new TypeError('a beat has an outcome');
  if (outcome.status === 'failed') throw outcome.error;
  return outcome;
}
