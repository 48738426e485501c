import { type Kysely, sql } from 'kysely';

/**
 * The compliance ledger. `events` is partitioned by the month an entry was made in (UTC, yyyymm; 0: test worlds, and all else
 * that has no month), so that retention can drop a month at once; `seq` has no gap and becomes visible in order, for every
 * writer holds the row of `log_head`. `leaf` is the canonical text; the columns beside it are for looking things up, and the
 * ids among them go with an erasure. What stood in `events` before waits in `events_before_ledger` until a gateway moves it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await setOldEventsAside(db);
  await createEvents(db);
  await createProjections(db);
}

async function setOldEventsAside(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql`select 1 from events limit 1`.execute(db);
  if (rows.length === 0) {
    await sql`drop table events`.execute(db);
    return;
  }
  await sql`alter table events rename to events_before_ledger`.execute(db);
  await sql`alter table events_before_ledger rename constraint events_pkey to events_before_ledger_pkey`.execute(db);
  await sql`drop index events_play`.execute(db);
}

async function createEvents(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table events (
      month integer not null,
      partition text not null,
      entry_id text not null,
      seq bigint not null,
      at bigint not null,
      kind text not null,
      mode text,
      provider_id text,
      person_ref text,
      player_ref text,
      person_id text,
      player_id text,
      session_id text,
      game_id text,
      agent_id text,
      station_id text,
      band text,
      play_date text,
      from_at bigint,
      to_at bigint,
      leaf text not null,
      primary key (month, partition, entry_id)
    ) partition by list (month)`.execute(db);
  await sql`create table events_0 partition of events for values in (0)`.execute(db);
  await sql`create index events_by_seq on events (seq)`.execute(db);
  await sql`create index events_by_person on events (person_id, play_date)`.execute(db);
  await sql`create index events_by_player on events (player_id, seq)`.execute(db);
  await sql`
    create table log_head (
      only_row boolean primary key default true check (only_row),
      next_seq bigint not null
    )`.execute(db);
  await sql`insert into log_head (next_seq) values (0)`.execute(db);
  await sql`
    create table event_subjects (
      subject_id text primary key,
      kind text not null check (kind in ('person', 'player')),
      salt bytea not null,
      ref text not null unique
    )`.execute(db);
  await sql`
    create table unreadable_entries (
      seq bigint primary key,
      partition text not null,
      entry_id text not null,
      person_id text,
      player_id text,
      fields text not null
    )`.execute(db);
  await sql`create table follower_cursors (name text primary key, next_seq bigint not null)`.execute(db);
  await sql`
    create table policy_hashes (
      policy_id text not null,
      version integer not null,
      hash text not null,
      primary key (policy_id, version)
    )`.execute(db);
}

async function createProjections(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table session_records (
      session_id text primary key,
      mode text not null,
      provider_id text not null,
      person_ref text not null,
      player_ref text not null,
      person_id text,
      player_id text,
      game_id text not null,
      agent_id text,
      station_id text,
      province text,
      band text,
      assurance text,
      protocol text,
      source text not null,
      policy_id text,
      policy_version integer,
      opened_at bigint not null,
      opened_date text not null,
      ended_at bigint,
      ended_date text,
      end_cause text,
      end_reason text,
      limit_at bigint,
      ordered_at bigint,
      acknowledged_at bigint,
      closed_at bigint,
      close_reason text,
      overrun_ms bigint not null,
      gaps integer not null,
      warned_at bigint,
      outside_hours boolean not null
    )`.execute(db);
  await sql`create index session_records_by_day on session_records (opened_date, provider_id)`.execute(db);
  await sql`
    create index session_records_by_agent on session_records (agent_id, opened_date) where agent_id is not null`.execute(
    db,
  );
  await sql`create index session_records_by_player on session_records (player_id, opened_date)`.execute(db);
  await sql`create index session_records_by_person on session_records (person_id)`.execute(db);
  await sql`
    create table denials (
      seq bigint primary key,
      mode text not null,
      provider_id text not null,
      person_ref text not null,
      player_ref text not null,
      player_id text,
      game_id text not null,
      agent_id text,
      station_id text,
      province text,
      band text,
      assurance text,
      protocol text,
      source text not null,
      reason text not null,
      at bigint not null,
      date text not null
    )`.execute(db);
  await sql`create index denials_by_day on denials (date, provider_id)`.execute(db);
  await sql`create index denials_by_agent on denials (agent_id, date) where agent_id is not null`.execute(db);
  await sql`create index denials_by_player on denials (player_id, date)`.execute(db);
  await sql`
    create table day_summaries (
      mode text not null,
      provider_id text not null,
      date text not null,
      person_ref text not null,
      game_id text not null,
      agent_id text not null,
      person_id text,
      player_ref text not null,
      province text,
      band text,
      play_ms bigint not null,
      leased_ms bigint not null,
      corrected_ms bigint not null,
      intervals jsonb not null,
      superseded_by text,
      primary key (mode, provider_id, date, person_ref, game_id, agent_id)
    )`.execute(db);
  await sql`create index day_summaries_by_day on day_summaries (date, provider_id)`.execute(db);
  await sql`create index day_summaries_by_person on day_summaries (person_id, date)`.execute(db);
}
