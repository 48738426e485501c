// What the stream says of a session: one flat record per entry, the same words in every adapter.
import type { CalendarDate, Instant, Interval, LedgerEntry } from '@playgate/policy';
import type { World } from '../directory/world.ts';
import type { CloseFacts, MergeRequest, RefusedStart, SessionIdentity } from './session-store.ts';

export type EntryFields = Readonly<Record<string, string>>;

/** `live:prv_x` or `test:prv_x`. */
export const worldName = (world: World): string => `${world.mode}:${world.providerId}`;

export function parseWorldName(name: string): World {
  const [mode, providerId] = name.split(':', 2);
  if ((mode !== 'test' && mode !== 'live') || !providerId) throw new TypeError(`not a world: ${name}`);
  return { mode, providerId };
}

const instant = (at: Instant | null): string => String(at ?? -1);

function subjectFields(identity: SessionIdentity, context: string): EntryFields {
  return {
    session: identity.sessionId,
    world: worldName(identity.world),
    person: identity.personId,
    player: identity.playerId,
    game: identity.gameId,
    agent: identity.agentId ?? '',
    station: identity.stationId ?? '',
    band: identity.ageBand,
    context,
  };
}

export function openedFields(identity: SessionIdentity, context: string, at: Instant): EntryFields {
  return { kind: 'opened', ...subjectFields(identity, context), at: instant(at) };
}

export function refusedFields(refusal: RefusedStart): EntryFields {
  const identity = { ...refusal.identity, sessionId: '' };
  return {
    kind: 'denied',
    ...subjectFields(identity, refusal.context),
    at: instant(refusal.at),
    reason: refusal.reason,
  };
}

/** Play that was another person's until the two turned out to be one; an account of a game or of an agent. */
export function mergedFields(
  owner: Pick<MergeRequest, 'world' | 'personId' | 'playerId' | 'previousPersonId'>,
  subject: { readonly game: string; readonly agent: string },
  date: CalendarDate,
  { startsAt, endsAt }: Interval,
): EntryFields {
  return {
    kind: 'merged',
    session: '',
    world: worldName(owner.world),
    person: owner.personId,
    player: owner.playerId,
    ...subject,
    station: '',
    band: '',
    context: '',
    date,
    from: instant(startsAt),
    to: instant(endsAt),
    previous: owner.previousPersonId,
  };
}

export function ledgerFields(
  identity: SessionIdentity,
  context: string,
  entry: LedgerEntry,
  close: CloseFacts | null,
): EntryFields {
  return { kind: entry.kind, ...subjectFields(identity, context), ...detailFields(entry, close) };
}

function detailFields(entry: LedgerEntry, close: CloseFacts | null): EntryFields {
  switch (entry.kind) {
    case 'play':
      return { date: entry.date, from: instant(entry.startsAt), to: instant(entry.endsAt) };
    case 'gap':
      return { from: instant(entry.startsAt), to: instant(entry.endsAt) };
    case 'ended':
      return { at: instant(entry.at), cause: entry.cause, limit: instant(entry.limitAt) };
    case 'closed':
      return {
        at: instant(entry.at),
        reason: close?.reason ?? '',
        clientEnded: instant(close?.clientEndedAt ?? null),
        verdictSeq: String(close?.verdictSeq ?? -1),
        overrun: String(entry.overrunMs),
      };
    case 'paused':
    case 'resumed':
      return { at: instant(entry.at) };
  }
}
