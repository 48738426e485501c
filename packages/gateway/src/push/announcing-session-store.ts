// Tells of what a session store did that other devices should hear of at once. It changes no answer and waits for nobody.
import { type EndReason, LEDGER_SCOPES } from '@playgate/policy';
import { LRUCache } from 'lru-cache';
import { REASON_OF_CAUSE } from '../sessions/session-judge.ts';
import type { BeatReply, BeatRequest, SessionStore } from '../sessions/session-store.ts';
import type { AnnounceSessions } from './session-signal.ts';

/** Ended sessions whose end was told; one that is forgotten is told once more. */
const TOLD_MAX = 20_000;

type Found = Exclude<BeatReply, { status: 'not_found' }>;

export interface AnnouncingPorts {
  readonly announce: AnnounceSessions;
  /** Asked to tell the person of a player whose budget was spent; off the path of the heartbeat. */
  readonly onSpent: (spent: { readonly request: BeatRequest; readonly playerId: string }) => void;
}

export function announceSessions(store: SessionStore, { announce, onSpent }: AnnouncingPorts): SessionStore {
  const told = new LRUCache<string, true>({ max: TOLD_MAX });
  const tellEnd = (sessionId: string, reply: Found): boolean => {
    if (reply.status !== 'recorded' || reply.endedAt === null || told.has(sessionId)) return false;
    told.set(sessionId, true);
    announce({ kind: 'end', sessionId, reason: reasonOf(reply) });
    return true;
  };
  const renew = (personId: string, exceptSessionId: string | null = null) =>
    announce({ kind: 'renew', personId, exceptSessionId });
  return {
    ...allOf(store),
    open: async (request) => {
      const outcome = await store.open(request);
      const { concurrency, identity, plan } = request;
      const takesOver = concurrency === 'takeover' && plan.metered;
      if (outcome.status === 'opened' && takesOver) renew(identity.personId, identity.sessionId);
      return outcome;
    },
    recordBeats: async (requests) => {
      const replies = await store.recordBeats(requests);
      replies.forEach((reply, index) => {
        if (reply.status === 'failed' || reply.status === 'not_found' || reply.endedAt === null) return;
        const request = requests[index]!;
        if (tellEnd(request.sessionId, reply) && isSpent(reply)) onSpent({ request, playerId: reply.playerId });
      });
      return replies;
    },
    endByOrder: async (order) => {
      const reply = await store.endByOrder(order);
      if (reply.status !== 'not_found') tellEnd(order.sessionId, reply);
      return reply;
    },
    renewSessions: async (personId, now) => {
      const count = await store.renewSessions(personId, now);
      if (count > 0) renew(personId);
      return count;
    },
    moveOut: async (personId, playerId) => {
      const count = await store.moveOut(personId, playerId);
      if (count > 0) renew(personId);
      return count;
    },
    mergeDay: async (request) => {
      await store.mergeDay(request);
      renew(request.personId);
    },
  };
}

/** A spread leaves out the methods of a class. */
function allOf(store: SessionStore): SessionStore {
  return {
    partitions: store.partitions,
    newSessionId: (personId) => store.newSessionId(personId),
    open: (request) => store.open(request),
    recordBeats: (requests) => store.recordBeats(requests),
    endByOrder: (order) => store.endByOrder(order),
    listAgentSessions: (...args) => store.listAgentSessions(...args),
    readDay: (...args) => store.readDay(...args),
    listPersons: (date) => store.listPersons(date),
    renewSessions: (...args) => store.renewSessions(...args),
    moveOut: (...args) => store.moveOut(...args),
    mergeDay: (request) => store.mergeDay(request),
    restoreDay: (restore) => store.restoreDay(restore),
    restoreSession: (restore) => store.restoreSession(restore),
    readEpoch: (personId) => store.readEpoch(personId),
    noteRefusal: (refusal) => store.noteRefusal(refusal),
    expireSilent: (nowOf) => store.expireSilent(nowOf),
    readEntries: (...args) => store.readEntries(...args),
    trimEntries: (...args) => store.trimEntries(...args),
    readBacklog: () => store.readBacklog(),
    checkReady: (now) => store.checkReady(now),
    close: () => store.close(),
  };
}

/** What is spent is spent for all sessions of the person. */
const isSpent = ({ endCause }: Found): boolean => LEDGER_SCOPES.some((scope) => scope === endCause);

function reasonOf({ endCause }: Found): EndReason | null {
  return endCause === null || endCause === 'stop' ? null : REASON_OF_CAUSE[endCause];
}
