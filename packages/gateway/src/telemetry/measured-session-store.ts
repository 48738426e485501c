// Times every call of a session store, counts those it could not answer, and tells what play reached the record. It changes
// nothing.

import type { LoadGauge } from '../load/load-gauge.ts';
import {
  type BeatRequest,
  LedgerUnavailableError,
  type SessionStore,
  type StreamEntry,
} from '../sessions/session-store.ts';
import type { HeartbeatSteps } from './heartbeat-steps.ts';
import type { GatewayMetrics, RecordedPlay } from './metrics.ts';
import type { Tracing } from './tracing.ts';

export interface StoreWatch {
  readonly metrics: Pick<GatewayMetrics, 'ledgerAsked' | 'ledgerUnavailable' | 'playRecorded'>;
  readonly tracing: Pick<Tracing, 'startChild'>;
  readonly steps: Pick<HeartbeatSteps, 'handedOver'>;
  readonly load: Pick<LoadGauge, 'answered' | 'asked'>;
}

type BeatOutcomes = Awaited<ReturnType<SessionStore['recordBeats']>>;

export function measureSessionStore(store: SessionStore, { load, metrics, steps, tracing }: StoreWatch): SessionStore {
  const timed = <Arguments extends unknown[], Reply>(
    call: string,
    ask: (...args: Arguments) => Promise<Reply>,
    onOver?: (durationMs: number, ...args: Arguments) => void,
  ) => {
    const spanName = `ledger ${call}`;
    return async (...args: Arguments): Promise<Reply> => {
      const startedAt = performance.now();
      const span = tracing.startChild(spanName);
      const heartbeat = steps.handedOver;
      try {
        return await ask(...args);
      } catch (error) {
        if (error instanceof LedgerUnavailableError) metrics.ledgerUnavailable(call);
        throw error;
      } finally {
        const durationMs = performance.now() - startedAt;
        metrics.ledgerAsked(call, durationMs);
        onOver?.(durationMs, ...args);
        if (heartbeat !== null) heartbeat.ledgerMs = durationMs;
        span?.end();
      }
    };
  };
  const noteFailed = (outcomes: BeatOutcomes): BeatOutcomes => {
    if (outcomes.some(({ status }) => status === 'failed')) metrics.ledgerUnavailable('record_beats');
    return outcomes;
  };
  const recorded = new RecordedEntries(metrics);
  return {
    partitions: store.partitions,
    newSessionId: (personId) => store.newSessionId(personId),
    open: timed('open', (request) => store.open(request)),
    recordBeats: timed(
      'record_beats',
      (requests: readonly BeatRequest[]) => {
        load.asked(requests.length);
        const outcomes = store.recordBeats(requests);
        return requests.length === 1 ? outcomes : outcomes.then(noteFailed);
      },
      (durationMs, requests) => load.answered(requests.length, durationMs),
    ),
    endByOrder: timed('end_by_order', (order) => store.endByOrder(order)),
    listAgentSessions: timed('list_agent_sessions', (...args) => store.listAgentSessions(...args)),
    readDay: timed('read_day', (...args) => store.readDay(...args)),
    listPersons: timed('list_persons', (date) => store.listPersons(date)),
    renewSessions: timed('renew_sessions', (...args) => store.renewSessions(...args)),
    moveOut: timed('move_out', (...args) => store.moveOut(...args)),
    mergeDay: timed('merge_day', (request) => store.mergeDay(request)),
    restoreDay: timed('restore_day', (restore) => store.restoreDay(restore)),
    restoreSession: timed('restore_session', (restore) => store.restoreSession(restore)),
    readEpoch: timed('read_epoch', (personId) => store.readEpoch(personId)),
    noteRefusal: timed('note_refusal', (refusal) => store.noteRefusal(refusal)),
    expireSilent: timed('expire_silent', (nowOf) => store.expireSilent(nowOf)),
    readEntries: timed('read_entries', async (partition, countMax) =>
      recorded.read(partition, await store.readEntries(partition, countMax)),
    ),
    trimEntries: timed('trim_entries', async (partition, entryIds) => {
      await store.trimEntries(partition, entryIds);
      recorded.trimmed(partition);
    }),
    readBacklog: timed('read_backlog', () => store.readBacklog()),
    checkReady: (now) => store.checkReady(now),
    close: () => store.close(),
  };
}

/** Entries are trimmed once they are on record, so what was read of a partition counts then, however often it was read. */
class RecordedEntries {
  readonly #metrics: Pick<GatewayMetrics, 'playRecorded'>;
  readonly #read = new Map<string, RecordedPlay>();

  constructor(metrics: Pick<GatewayMetrics, 'playRecorded'>) {
    this.#metrics = metrics;
  }

  read(partition: string, entries: readonly StreamEntry[]): readonly StreamEntry[] {
    this.#read.set(partition, sumOf(entries));
    return entries;
  }

  trimmed(partition: string): void {
    const play = this.#read.get(partition);
    this.#read.delete(partition);
    if (play !== undefined) this.#metrics.playRecorded(play);
  }
}

function sumOf(entries: readonly StreamEntry[]): RecordedPlay {
  let [leasedMs, gaps] = [0, 0];
  for (const { fields } of entries) {
    if (fields.kind === 'play') leasedMs += msOf(fields.leased);
    else if (fields.kind === 'gap') gaps++;
  }
  return { leasedMs, gaps };
}

/** An entry that cannot be understood is kept as it is; it only does not count here. */
function msOf(text: string | undefined): number {
  const ms = Number(text ?? 0);
  return ms > 0 && Number.isFinite(ms) ? ms : 0;
}
