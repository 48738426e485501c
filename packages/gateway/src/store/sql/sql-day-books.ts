import type { CalendarDate } from '@playgate/policy';
import { type Kysely, sql } from 'kysely';
import {
  type DayBooks,
  gather,
  type PersonOfDay,
  type PlayByGame,
  type ReconcileFilter,
} from '../../compliance/reconcile.ts';
import type { Mode } from '../../directory/world.ts';
import type { Schema } from './schema.ts';

interface PersonRow {
  readonly person_id: string;
  readonly ref: string | null;
  readonly mode: Mode;
  readonly provider_id: string;
}

export class SqlDayBooks implements DayBooks {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async listPersons(
    date: CalendarDate,
    { mode, providerId }: ReconcileFilter,
    alsoIds: readonly string[],
  ): Promise<readonly PersonOfDay[]> {
    const { rows } = await sql<PersonRow>`
      with played as (
        select person_id, mode, provider_id from day_summaries where date = ${date} and person_id is not null
        union
        select person_id, mode, provider_id from events where play_date = ${date} and person_id is not null
        union
        select person_id, mode, provider_id from persons
        where person_id in (select jsonb_array_elements_text(${JSON.stringify(alsoIds)}::text::jsonb))
          and exists (select 1 from players where players.person_id = persons.person_id and erased_at is null)
      )
      select played.person_id, event_subjects.ref, played.mode, played.provider_id
      from played left join event_subjects on event_subjects.subject_id = played.person_id
      where (${mode}::text is null or played.mode = ${mode}::text)
        and (${providerId}::text is null or played.provider_id = ${providerId}::text)
      order by played.provider_id, played.person_id`.execute(this.#db);
    return rows.map(({ mode, person_id, provider_id, ref }) => ({
      personId: person_id,
      ref,
      mode,
      providerId: provider_id,
    }));
  }

  async readLog(date: CalendarDate, personIds: readonly string[]): Promise<ReadonlyMap<string, PlayByGame>> {
    const rows = await this.#db
      .selectFrom('events')
      .select(['person_id', 'game_id', 'from_at', 'to_at'])
      .where('play_date', '=', date)
      .where('from_at', 'is not', null)
      .where('game_id', 'is not', null)
      .where(isAmong(personIds))
      .orderBy('seq')
      .execute();
    return gather(
      rows.map(({ from_at, game_id, person_id, to_at }) => ({
        personId: person_id!,
        gameId: game_id!,
        played: [{ startsAt: from_at!, endsAt: to_at! }],
      })),
    );
  }

  async readSummaries(date: CalendarDate, personIds: readonly string[]): Promise<ReadonlyMap<string, PlayByGame>> {
    const rows = await this.#db
      .selectFrom('day_summaries')
      .select(['person_id', 'game_id', 'intervals'])
      .where('date', '=', date)
      .where('game_id', '!=', '')
      .where(sql<boolean>`jsonb_array_length(intervals) > 0`)
      .where(isAmong(personIds))
      .execute();
    return gather(
      rows.map(({ game_id, intervals, person_id }) => ({
        personId: person_id!,
        gameId: game_id,
        played: intervals.map(([startsAt, endsAt]) => ({ startsAt, endsAt })),
      })),
    );
  }
}

const isAmong = (personIds: readonly string[]) =>
  sql<boolean>`person_id in (select jsonb_array_elements_text(${JSON.stringify(personIds)}::text::jsonb))`;
