import { addInterval, type CalendarDate, type Interval } from '@playgate/policy';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { EventLog, EventSink, MovedEntries } from '../../compliance/event-log.ts';
import type { PolicyBook } from '../../compliance/read-entry.ts';
import type { RecordedEnd } from '../../sessions/book-recovery.ts';
import type { DayPlay, StreamEntry } from '../../sessions/session-store.ts';
import { appendEvents } from './append-events.ts';
import { EventMonths } from './event-months.ts';
import { lockKeyOf } from './lock-key.ts';
import { type PartitionEntries, placeEntries } from './placed-entry.ts';
import type { Schema } from './schema.ts';

export interface SqlEventLogOptions {
  readonly db: Kysely<Schema>;
  readonly policies: PolicyBook;
  /** Other gateways use the same database. An embedded one has a single connection, which no wait for Redis may hold. */
  readonly isShared: boolean;
  /** Told how many entries could not be understood; they are kept all the same. */
  readonly onUnreadable: (count: number) => void;
}

/** A month's table is made between two attempts. */
const APPEND_ATTEMPTS_MAX = 3;

export class SqlEventLog implements EventLog, EventSink {
  readonly #options: SqlEventLogOptions;
  readonly #months: EventMonths;

  constructor(options: SqlEventLogOptions) {
    this.#options = options;
    this.#months = new EventMonths(options.db);
  }

  async append(partition: string, entries: readonly StreamEntry[]): Promise<void> {
    if (entries.length > 0) await this.#keep(async () => [{ partition, entries }]);
  }

  /** As `append`; what `write` does in the same transaction is kept exactly when the entries are. It may be called again. */
  async appendWith(
    partition: string,
    write: (db: Transaction<Schema>) => Promise<readonly StreamEntry[]>,
  ): Promise<void> {
    await this.#keep(async (db) => [{ partition, entries: await write(db) }]);
  }

  async move(
    partitions: readonly string[],
    read: (partition: string) => Promise<readonly StreamEntry[]>,
  ): Promise<MovedEntries> {
    const readAll = (held: readonly string[]): Promise<readonly PartitionEntries[]> =>
      Promise.all(held.map(async (partition) => ({ partition, entries: await read(partition) })));
    const batches = this.#options.isShared
      ? await this.#keep(async (db) => readAll(await holdPartitions(db, partitions)))
      : await this.#keepRead(await readAll(partitions));
    return new Map(batches.map(({ entries, partition }) => [partition, entries]));
  }

  async #keepRead(batches: readonly PartitionEntries[]): Promise<readonly PartitionEntries[]> {
    return batches.some(({ entries }) => entries.length > 0) ? this.#keep(async () => batches) : batches;
  }

  /** What `find` gives within the transaction, kept by its end. */
  async #keep(
    find: (db: Transaction<Schema>) => Promise<readonly PartitionEntries[]>,
  ): Promise<readonly PartitionEntries[]> {
    const { db, onUnreadable, policies } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const outcome = await db
        .transaction()
        .execute(async (transaction) => {
          const batches = await find(transaction);
          const placed = placeEntries(batches, policies);
          const missing = this.#months.findMissing(placed.map(({ month }) => month));
          if (missing.length > 0) throw new MonthsMissingError(missing);
          return { batches, appended: await appendEvents(transaction, placed) };
        })
        .catch((error: unknown) => {
          if (error instanceof MonthsMissingError) return { missing: error.months };
          throw error;
        });
      if (!('missing' in outcome)) {
        if (outcome.appended.unreadable > 0) onUnreadable(outcome.appended.unreadable);
        return outcome.batches;
      }
      if (attempt >= APPEND_ATTEMPTS_MAX) throw new Error(`no table for the months ${outcome.missing.join(', ')}`);
      await this.#months.add(outcome.missing);
    }
  }

  async readDay(personId: string, date: CalendarDate): Promise<DayPlay> {
    const rows = await this.#options.db
      .selectFrom('events')
      .select(['game_id', 'agent_id', 'from_at', 'to_at'])
      .where('person_id', '=', personId)
      .where('play_date', '=', date)
      .where('from_at', 'is not', null)
      .orderBy('seq')
      .execute();
    let provider: readonly Interval[] = [];
    const games = new Map<string, readonly Interval[]>();
    const agents = new Map<string, readonly Interval[]>();
    for (const { agent_id, from_at, game_id, to_at } of rows) {
      const played = { startsAt: from_at!, endsAt: to_at! };
      provider = addInterval(provider, played);
      if (game_id !== null) games.set(game_id, addInterval(games.get(game_id) ?? [], played));
      if (agent_id !== null) agents.set(agent_id, addInterval(agents.get(agent_id) ?? [], played));
    }
    return { provider, games, agents };
  }

  /** How a session ended, as far as the projector has come; null: it goes on or is not known. */
  async readEnd(sessionId: string): Promise<RecordedEnd | null> {
    const row = await this.#options.db
      .selectFrom('session_records')
      .select(['ended_at', 'end_cause'])
      .where('session_id', '=', sessionId)
      .executeTakeFirst();
    const endedAt = row?.ended_at ?? null;
    return endedAt === null ? null : { endedAt, cause: row?.end_cause ?? null };
  }

  /** Play of a day with every provider. */
  async readDayOfHuman(humanId: string, date: CalendarDate): Promise<readonly Interval[]> {
    const rows = await this.#options.db
      .selectFrom('events')
      .innerJoin('persons', 'persons.person_id', 'events.person_id')
      .select(['events.from_at', 'events.to_at'])
      .where('persons.human_id', '=', humanId)
      .where('events.play_date', '=', date)
      .where('events.from_at', 'is not', null)
      .orderBy('events.seq')
      .execute();
    return rows.reduce<readonly Interval[]>(
      (played, { from_at, to_at }) => addInterval(played, { startsAt: from_at!, endsAt: to_at! }),
      [],
    );
  }
}

/** Takes back whatever was written with the entries, until their tables are there. */
class MonthsMissingError extends Error {
  override readonly name = 'MonthsMissingError';
  readonly months: readonly number[];

  constructor(months: readonly number[]) {
    super(`no table for the months ${months.join(', ')}`);
    this.months = months;
  }
}

/** The ones that no other worker is at, held to the end of the transaction. */
async function holdPartitions(db: Transaction<Schema>, partitions: readonly string[]): Promise<readonly string[]> {
  const wanted = JSON.stringify(partitions.map((partition) => ({ partition, key: lockKeyOf(partition) })));
  const { rows } = await sql<{ partition: string }>`
    select partition from jsonb_to_recordset(${wanted}::text::jsonb) as wanted (partition text, key bigint)
    where pg_try_advisory_xact_lock(key)`.execute(db);
  return rows.map(({ partition }) => partition);
}
