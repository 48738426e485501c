// What the stream says of a session: one flat record per entry, the same words in every adapter.
import {
  type CalendarDate,
  type Instant,
  type Interval,
  LEDGER_SCOPES,
  type LedgerEntry,
  type LimitMs,
  type UsedMs,
} from '@playgate/policy';
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

/** What was answered while the ledger could not be asked. */
export const fallbackFields = (fields: EntryFields): EntryFields => ({ ...fields, source: 'fallback' });

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

/** By account, in the order of LEDGER_SCOPES; -1: no limit. */
const accounts = (values: LimitMs): string => LEDGER_SCOPES.map((scope) => values[scope] ?? -1).join(',');

export interface Opening {
  readonly at: Instant;
  /** Play of the day before. */
  readonly used: UsedMs;
  readonly limitMs: LimitMs;
}

export function openedFields(identity: SessionIdentity, context: string, { at, limitMs, used }: Opening): EntryFields {
  const numbers = { used: accounts(used), limits: accounts(limitMs) };
  return { kind: 'opened', ...subjectFields(identity, context), at: instant(at), ...numbers };
}

export function refusedFields(refusal: RefusedStart): EntryFields {
  const identity = { ...refusal.identity, sessionId: '' };
  return {
    kind: 'denied',
    ...subjectFields(identity, refusal.context),
    at: instant(refusal.at),
    reason: refusal.reason,
    ...(refusal.used !== null && { used: accounts(refusal.used) }),
  };
}

/** Play that was another person's until the two turned out to be one: of a game or an agent, of neither where the person had it already. */
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

/** What only the request that made an entry says. */
export interface EntryCause {
  readonly close: CloseFacts | null;
  /** Who ordered the end; null: nobody. */
  readonly by: string | null;
}

export const NO_CAUSE: EntryCause = { close: null, by: null };

export function ledgerFields(
  identity: SessionIdentity,
  context: string,
  entry: LedgerEntry,
  cause: EntryCause,
): EntryFields {
  return { kind: entry.kind, ...subjectFields(identity, context), ...detailFields(entry, cause) };
}

function detailFields(entry: LedgerEntry, cause: EntryCause): EntryFields {
  switch (entry.kind) {
    case 'play': {
      const { date, endsAt, leasedMs, startsAt } = entry;
      return { date, from: instant(startsAt), to: instant(endsAt), leased: String(leasedMs) };
    }
    case 'gap':
      return { from: instant(entry.startsAt), to: instant(entry.endsAt) };
    case 'warned':
      return { at: instant(entry.at), left: String(entry.leftMs) };
    case 'ended':
      return {
        at: instant(entry.at),
        cause: entry.cause,
        limit: instant(entry.limitAt),
        ordered: instant(entry.orderedAt),
        used: accounts(entry.used),
        limits: accounts(entry.limitMs),
        overrun: String(entry.overrunMs),
        gaps: String(entry.gaps),
        ...(entry.cause === 'order' && { by: cause.by ?? '' }),
      };
    case 'overrun':
      return { at: instant(entry.at), overrun: String(entry.overrunMs) };
    case 'closed':
      return {
        at: instant(entry.at),
        reason: cause.close?.reason ?? '',
        clientEnded: instant(cause.close?.clientEndedAt ?? null),
        verdictSeq: String(cause.close?.verdictSeq ?? -1),
        overrun: String(entry.overrunMs),
      };
    case 'paused':
    case 'resumed':
      return { at: instant(entry.at) };
  }
}
