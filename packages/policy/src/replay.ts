// The ledger rebuilt from what happened: the same intervals as the live one, however the entries were repeated.
import { addInterval, type Interval } from './intervals.ts';
import { type DayAccounts, EMPTY_DAY, type LedgerEntry, type PlayEntry } from './session-record.ts';
import type { CalendarDate } from './time.ts';

/** Whose session an entry belongs to. A person is counted per provider, so its id is already the provider's. */
export interface SessionIdentity {
  readonly personId: string;
  /** Null: play that was merged for an agent's account alone. */
  readonly gameId: string | null;
  /** Null: not played at an agent's station. */
  readonly agentId: string | null;
}

export interface ReplayEntry {
  readonly session: SessionIdentity;
  readonly entry: Omit<PlayEntry, 'leasedMs'> | Exclude<LedgerEntry, PlayEntry>;
}

/** One person's play of one day. */
export interface ReplayedDay {
  readonly provider: readonly Interval[];
  readonly games: ReadonlyMap<string, readonly Interval[]>;
  readonly agents: ReadonlyMap<string, readonly Interval[]>;
}

/** By person, then by date. */
export type ReplayedLedger = ReadonlyMap<string, ReadonlyMap<CalendarDate, ReplayedDay>>;

interface OpenDay {
  provider: readonly Interval[];
  readonly games: Map<string, readonly Interval[]>;
  readonly agents: Map<string, readonly Interval[]>;
}

/** Entries other than `play` add nothing. Order matters only where a day has more intervals than are kept. */
export function replay(entries: Iterable<ReplayEntry>): ReplayedLedger {
  const people = new Map<string, Map<CalendarDate, OpenDay>>();
  for (const { session, entry } of entries) {
    if (entry.kind !== 'play') continue;
    const played = { startsAt: entry.startsAt, endsAt: entry.endsAt };
    const day = openDay(people, session.personId, entry.date);
    day.provider = addInterval(day.provider, played);
    if (session.gameId !== null) addTo(day.games, session.gameId, played);
    if (session.agentId !== null) addTo(day.agents, session.agentId, played);
  }
  return people;
}

/** The day's accounts as a session of that person, game and agent sees them; empty where nothing was played. */
export function accountsOf(ledger: ReplayedLedger, session: SessionIdentity, date: CalendarDate): DayAccounts {
  const day = ledger.get(session.personId)?.get(date);
  if (day === undefined) return EMPTY_DAY;
  return {
    game: session.gameId === null ? [] : (day.games.get(session.gameId) ?? []),
    provider: day.provider,
    agent: session.agentId === null ? [] : (day.agents.get(session.agentId) ?? []),
    // Kept for the human over all providers; no one provider's entries say it.
    person: [],
  };
}

function openDay(people: Map<string, Map<CalendarDate, OpenDay>>, personId: string, date: CalendarDate): OpenDay {
  const days = people.get(personId) ?? new Map<CalendarDate, OpenDay>();
  people.set(personId, days);
  const day = days.get(date) ?? { provider: [], games: new Map(), agents: new Map() };
  days.set(date, day);
  return day;
}

function addTo(accounts: Map<string, readonly Interval[]>, id: string, played: Interval): void {
  accounts.set(id, addInterval(accounts.get(id) ?? [], played));
}
