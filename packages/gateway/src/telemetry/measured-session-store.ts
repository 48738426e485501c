// Times every call of a session store and counts those it could not answer. It changes nothing.
import { LedgerUnavailableError, type SessionStore } from '../sessions/session-store.ts';
import type { GatewayMetrics } from './metrics.ts';

type Measured = Pick<GatewayMetrics, 'ledgerAsked' | 'ledgerUnavailable'>;

export function measureSessionStore(store: SessionStore, metrics: Measured): SessionStore {
  const timed =
    <Arguments extends unknown[], Reply>(call: string, ask: (...args: Arguments) => Promise<Reply>) =>
    async (...args: Arguments): Promise<Reply> => {
      const startedAt = performance.now();
      try {
        return await ask(...args);
      } catch (error) {
        if (error instanceof LedgerUnavailableError) metrics.ledgerUnavailable(call);
        throw error;
      } finally {
        metrics.ledgerAsked(call, performance.now() - startedAt);
      }
    };
  return {
    partitions: store.partitions,
    newSessionId: (personId) => store.newSessionId(personId),
    open: timed('open', (request) => store.open(request)),
    recordBeats: timed('record_beats', (requests) => store.recordBeats(requests)),
    readDay: timed('read_day', (...args) => store.readDay(...args)),
    renewSessions: timed('renew_sessions', (...args) => store.renewSessions(...args)),
    moveOut: timed('move_out', (...args) => store.moveOut(...args)),
    mergeDay: timed('merge_day', (request) => store.mergeDay(request)),
    noteRefusal: timed('note_refusal', (refusal) => store.noteRefusal(refusal)),
    expireSilent: timed('expire_silent', (nowOf) => store.expireSilent(nowOf)),
    readEntries: timed('read_entries', (...args) => store.readEntries(...args)),
    trimEntries: timed('trim_entries', (...args) => store.trimEntries(...args)),
    checkReady: (now) => store.checkReady(now),
    close: () => store.close(),
  };
}
