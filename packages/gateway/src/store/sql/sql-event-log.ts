import { type CalendarDate, type ReplayEntry, replay } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { EventLog } from '../../compliance/event-log.ts';
import type { DayPlay, StreamEntry } from '../../sessions/session-store.ts';
import type { Schema } from './schema.ts';

const NOTHING: DayPlay = { provider: [], games: new Map(), agents: new Map() };

export class SqlEventLog implements EventLog {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async append(partition: string, entries: readonly StreamEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.map(({ entryId, fields }) => ({
      partition,
      entry_id: entryId,
      kind: fields.kind ?? '',
      world: fields.world ?? '',
      person_id: fields.person ?? '',
      play_date: fields.date ?? null,
      fields: JSON.stringify(fields),
    }));
    await this.#db
      .insertInto('events')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async readDay(personId: string, date: CalendarDate): Promise<DayPlay> {
    const rows = await this.#db
      .selectFrom('events')
      .select('fields')
      .where('person_id', '=', personId)
      .where('play_date', '=', date)
      .execute();
    return (
      replay(rows.map(({ fields }) => replayEntry(personId, date, fields)))
        .get(personId)
        ?.get(date) ?? NOTHING
    );
  }
}

function replayEntry(personId: string, date: CalendarDate, fields: Readonly<Record<string, string>>): ReplayEntry {
  return {
    session: { personId, gameId: fields.game || null, agentId: fields.agent || null },
    entry: { kind: 'play', date, startsAt: Number(fields.from), endsAt: Number(fields.to) },
  };
}
