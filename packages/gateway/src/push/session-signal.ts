// What gateways tell each other about sessions, so that the one that holds the stream of a session can pass it on. Ids only,
// and all of them pseudonyms: a signal says where to look again, never what is there.
import type { EndReason } from '@playgate/policy';

export type SessionSignal =
  /** The session is over; `reason` null: only its next heartbeat knows. */
  | { readonly kind: 'end'; readonly sessionId: string; readonly reason: EndReason | null }
  /** What the sessions of the person may do has changed, but for one that knows. */
  | { readonly kind: 'renew'; readonly personId: string; readonly exceptSessionId: string | null };

/** Never waits and never throws: a signal may be lost. */
export type AnnounceSessions = (signal: SessionSignal) => void;

/** Signals of one message on the bus; a message stays below 100 kB. */
export const SIGNALS_PER_MESSAGE_MAX = 500;
/** What waits for the next message; more than that is dropped, and heartbeats tell. */
export const SIGNALS_WAITING_MAX = 20_000;

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Null for anything that is not a signal: another version of the gateway may speak on the bus. */
export function readSignal(value: unknown): SessionSignal | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, sessionId, personId, exceptSessionId, reason } = value as Record<string, unknown>;
  if (kind === 'end' && isId(sessionId) && (reason === null || isId(reason))) {
    return { kind, sessionId, reason: reason as EndReason | null };
  }
  if (kind === 'renew' && isId(personId) && (exceptSessionId === null || isId(exceptSessionId))) {
    return { kind, personId, exceptSessionId };
  }
  return null;
}

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);
