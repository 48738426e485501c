// What is due for deletion, table by table. A row under a legal hold stays; a month of events that has one such row stays whole.
import type { Instant, RetentionClass } from '@playgate/policy';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { RetentionFinding, RetentionJob } from '../../compliance/retention/apply-retention.ts';
import type { Players } from '../../directory/directory.ts';
import { tableOf } from './event-months.ts';
import type { Schema } from './schema.ts';
import { isHeld } from './sql-legal-holds.ts';

/** Rows deleted in one statement: some 100 ms on a small machine. */
const ROWS_PER_BATCH_MAX = 5_000;
/** Players erased in one batch; each is a transaction of its own. */
const PLAYERS_PER_BATCH_MAX = 100;

export interface RetentionJobsPorts {
  readonly db: Kysely<Schema>;
  readonly players: Pick<Players, 'erase'>;
  readonly now: Instant;
}

/** In an order in which nothing is deleted that an earlier one would have to know. */
export function retentionJobs({ db, now, players }: RetentionJobsPorts): readonly RetentionJob[] {
  return [new MonthsJob(db), ...TABLES.map((table) => new TableJob(db, table)), new IdentityJob(db, players, now)];
}

interface TableRule {
  readonly dataClass: RetentionClass;
  readonly what: string;
  readonly table: string;
  /** When the time to keep it starts, in ms. */
  readonly at: RawBuilder<number>;
  readonly where?: RawBuilder<boolean>;
  readonly isOfTestWorlds?: true;
  /** Provider and player of a row, for holds; null: only a hold on everything applies. */
  readonly providerId?: RawBuilder<unknown>;
  readonly playerId?: RawBuilder<unknown>;
}

const none = sql`null`;
const providerId = sql.ref('provider_id');
const playerId = sql.ref('player_id');
/** Midnight, UTC, behind a calendar day. */
const dayEnd = (column: string) => sql<number>`(extract(epoch from ${sql.ref(column)}::date + 1) * 1000)::bigint`;
/** Real time at which an entry was made, from its id: ms and a dash, or microseconds. */
const madeAt = sql<number>`(case when entry_id ~ '^[0-9]{12,14}-' then split_part(entry_id, '-', 1)::bigint
  when entry_id ~ '^[0-9]{15,17}$' then entry_id::bigint / 1000 end)`;
const live = sql<boolean>`mode = 'live'`;
/** A follower that has not taken an event in yet still needs it. */
const isFollowed = sql<boolean>`seq < (select coalesce(min(next_seq), 0) from follower_cursors)`;

const TABLES: readonly TableRule[] = [
  {
    dataClass: 'evidence',
    what: 'events of test worlds',
    table: tableOf(0),
    at: madeAt,
    where: isFollowed,
    isOfTestWorlds: true,
    providerId,
    playerId,
  },
  {
    dataClass: 'evidence',
    what: 'session records',
    table: 'session_records',
    at: sql<number>`coalesce(ended_at, opened_at)`,
    where: live,
    providerId,
    playerId,
  },
  {
    dataClass: 'evidence',
    what: 'denials',
    table: 'denials',
    at: sql.ref<number>('at'),
    where: live,
    providerId,
    playerId,
  },
  {
    dataClass: 'evidence',
    what: 'day summaries',
    table: 'day_summaries',
    at: dayEnd('date'),
    where: live,
    providerId,
    playerId: sql`(select player_id from players where players.person_id = day_summaries.person_id
      and ${isHeld(none, sql.ref('players.player_id'))} limit 1)`,
  },
  {
    dataClass: 'access_log',
    what: 'calls of regulators',
    table: 'access_log',
    at: sql.ref<number>('at'),
    playerId: sql.ref('subject_id'),
  },
  { dataClass: 'staff_notes', what: 'notes of staff', table: 'agent_ends', at: sql.ref<number>('at'), playerId },
  {
    dataClass: 'sign_ins',
    what: 'sign-ins that are over',
    table: 'sign_in_sessions',
    at: sql<number>`coalesce(revoked_at, ends_at)`,
  },
  {
    dataClass: 'pending_verifications',
    what: 'verifications that ran out',
    table: 'pending_verifications',
    at: sql.ref<number>('expires_at'),
    providerId,
    playerId,
  },
  {
    dataClass: 'idempotency_keys',
    what: 'outcomes kept for retries',
    table: 'idempotency_keys',
    at: sql.ref<number>('started_at'),
  },
];

class TableJob implements RetentionJob {
  readonly dataClass: RetentionClass;
  readonly isOfTestWorlds: boolean;
  readonly #db: Kysely<Schema>;
  readonly #rule: TableRule;

  constructor(db: Kysely<Schema>, rule: TableRule) {
    this.#db = db;
    this.#rule = rule;
    this.dataClass = rule.dataClass;
    this.isOfTestWorlds = rule.isOfTestWorlds === true;
  }

  async find(before: Instant): Promise<readonly RetentionFinding[]> {
    const { at, table } = this.#rule;
    const { rows } = await sql<CountRow>`
      select held, count(*)::int as count, min(at) as from_at, max(at) as to_at from (
        select ${this.#held()} as held, ${at} as at from ${sql.table(table)} where ${this.#due(before)}
      ) as due group by held order by held`.execute(this.#db);
    return findingsOf(this.#rule, rows);
  }

  async deleteBatch(before: Instant): Promise<number> {
    const { table } = this.#rule;
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where ctid in (
        select ctid from ${sql.table(table)} where ${this.#due(before)} and not ${this.#held()} limit ${ROWS_PER_BATCH_MAX})`.execute(
      this.#db,
    );
    return Number(numAffectedRows ?? 0n);
  }

  #due(before: Instant): RawBuilder<boolean> {
    const { at, where } = this.#rule;
    return sql<boolean>`${at} < ${before} ${where === undefined ? sql`` : sql`and ${where}`}`;
  }

  #held(): RawBuilder<boolean> {
    return isHeld(this.#rule.providerId ?? none, this.#rule.playerId ?? none);
  }
}

interface CountRow {
  readonly held: boolean;
  readonly count: number;
  readonly from_at: number | null;
  readonly to_at: number | null;
}

function findingsOf({ dataClass, what }: Pick<TableRule, 'dataClass' | 'what'>, rows: readonly CountRow[]) {
  const found = rows.map(({ count, from_at, held, to_at }) => ({
    dataClass,
    what,
    count,
    fromAt: from_at,
    toAt: to_at,
    held,
  }));
  return found.length > 0 ? found : [{ dataClass, what, count: 0, fromAt: null, toAt: null, held: false }];
}

/** Whole months of events of live worlds; the hashes of their leaves stay in the tiles of the evidence tree. */
class MonthsJob implements RetentionJob {
  readonly dataClass = 'evidence';
  readonly isOfTestWorlds = false;
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async find(before: Instant): Promise<readonly RetentionFinding[]> {
    const months = await this.#dueMonths(before);
    if (months.length === 0) return findingsOf({ dataClass: 'evidence', what: 'months of events' }, []);
    return Promise.all(months.map((month) => this.#findMonth(month)));
  }

  async #findMonth(month: number): Promise<RetentionFinding> {
    const { rows } = await sql<CountRow>`
      select count(*)::int as count, min(at) as from_at, max(at) as to_at,
        coalesce(bool_or(not ${isFollowed} or ${isHeld(providerId, playerId)}), false) as held
      from ${sql.table(tableOf(month))}`.execute(this.#db);
    return findingsOf({ dataClass: 'evidence', what: `events of ${month}` }, rows)[0]!;
  }

  async deleteBatch(before: Instant): Promise<number> {
    for (const month of await this.#dueMonths(before)) {
      const { count, held } = await this.#findMonth(month);
      if (held) continue;
      await sql`drop table ${sql.table(tableOf(month))}`.execute(this.#db);
      // A month without events is gone for good too.
      if (count > 0) return count;
    }
    return 0;
  }

  async #dueMonths(before: Instant): Promise<readonly number[]> {
    const { rows } = await sql<{ month: number }>`
      select substring(relname from 8)::int as month from pg_class
      where relkind = 'r' and relname ~ '^events_[0-9]{6}$' order by month`.execute(this.#db);
    return rows.map(({ month }) => month).filter((month) => Date.UTC(Math.floor(month / 100), month % 100) <= before);
  }
}

/** Players of live worlds who were not seen for the time: who they are is erased, as if they had asked for it. */
class IdentityJob implements RetentionJob {
  readonly dataClass = 'identity';
  readonly isOfTestWorlds = false;
  readonly #db: Kysely<Schema>;
  readonly #players: Pick<Players, 'erase'>;
  readonly #now: Instant;

  constructor(db: Kysely<Schema>, players: Pick<Players, 'erase'>, now: Instant) {
    this.#db = db;
    this.#players = players;
    this.#now = now;
  }

  async find(before: Instant): Promise<readonly RetentionFinding[]> {
    const { rows } = await sql<CountRow>`
      select held, count(*)::int as count, min(used_at) as from_at, max(used_at) as to_at
      from (${this.#unused(before)}) as unused group by held order by held`.execute(this.#db);
    return findingsOf({ dataClass: 'identity', what: 'players not seen any more' }, rows);
  }

  async deleteBatch(before: Instant): Promise<number> {
    const { rows } = await sql<{ player_id: string; provider_id: string }>`
      select player_id, provider_id from (${this.#unused(before)}) as unused
      where not held order by used_at limit ${PLAYERS_PER_BATCH_MAX}`.execute(this.#db);
    for (const { player_id, provider_id } of rows) {
      await this.#players.erase({ mode: 'live', providerId: provider_id }, player_id, this.#now);
    }
    return rows.length;
  }

  #unused(before: Instant): RawBuilder<unknown> {
    return sql`
      select players.player_id, provider_id, ${isHeld(sql.ref('players.provider_id'), sql.ref('players.player_id'))} as held,
        greatest(players.updated_at, coalesce(seen.at, 0)) as used_at
      from players left join lateral (
        select max(coalesce(ended_at, opened_at)) as at from session_records where session_records.player_id = players.player_id
      ) as seen on true
      where mode = 'live' and erased_at is null and greatest(players.updated_at, coalesce(seen.at, 0)) < ${before}`;
  }
}
