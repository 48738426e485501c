// Events -> what each person played on each day, by game and agent: unions of intervals, so that nothing counts twice.
//
// A merge gives a person the intervals of another, who keeps its own. The other's rows are superseded as long as everything in
// them is among what went over; the row without game and agent remembers that, so that the order in which partitions were
// pumped makes no difference. Whoever plays on after a merge counts again by itself.
import { addInterval, type Interval, measureIntervals, unionIntervals } from '@playgate/policy';
import { type Selectable, sql, type Transaction } from 'kysely';
import { type EventOf, type EventSubject, instantOf, type LoggedEvent } from '../../../compliance/compliance-event.ts';
import type { DaySummaryRow, Schema } from '../schema.ts';

interface Day extends Omit<DaySummaryRow, 'intervals'> {
  intervals: readonly Interval[];
}

type DayEvent = EventOf<'play'> | EventOf<'merged'> | EventOf<'corrected'>;
type PersonDay = Pick<Day, 'mode' | 'provider_id' | 'date' | 'person_ref'>;

const NO_GAME = '';
const NO_AGENT = '';

export async function projectDays(events: readonly LoggedEvent[], db: Transaction<Schema>): Promise<void> {
  const ofDays = events.filter(({ event }) => isDayEvent(event));
  if (ofDays.length === 0) return;
  const days = await Days.read(
    db,
    ofDays.flatMap(({ event }) => personDaysOf(event as DayEvent)),
  );
  for (const logged of ofDays) days.take(logged.event as DayEvent, logged.personId);
  await days.write(db);
}

const isDayEvent = ({ kind }: LoggedEvent['event']) => kind === 'play' || kind === 'merged' || kind === 'corrected';

function personDaysOf(event: DayEvent): readonly PersonDay[] {
  const own = { mode: event.mode, provider_id: event.provider, date: event.date, person_ref: event.person };
  return event.kind === 'merged' ? [own, { ...own, person_ref: event.data.previous }] : [own];
}

const keyOf = ({ date, mode, person_ref, provider_id }: PersonDay): string =>
  `${mode} ${provider_id} ${date} ${person_ref}`;

/** The rows of some persons' days while a batch of events is worked through. */
class Days {
  /** By person and day, then by game and agent. */
  readonly #rows = new Map<string, Map<string, Day>>();
  readonly #changed = new Set<Day>();

  static async read(db: Transaction<Schema>, wanted: readonly PersonDay[]): Promise<Days> {
    const keys = new Map(wanted.map((day) => [keyOf(day), day]));
    const { rows } = await sql<Selectable<Schema['day_summaries']>>`
      select day_summaries.* from day_summaries
      join jsonb_to_recordset(${JSON.stringify([...keys.values()])}::text::jsonb)
        as wanted (mode text, provider_id text, date text, person_ref text)
        using (mode, provider_id, date, person_ref)`.execute(db);
    const days = new Days();
    for (const row of rows) days.#add({ ...row, intervals: row.intervals.map(toInterval) });
    return days;
  }

  take(event: DayEvent, personId: string | null): void {
    if (event.kind === 'corrected') {
      if (event.data.game === undefined) return;
      const row = this.#rowOf(event, event.data.game, NO_AGENT, personId);
      row.corrected_ms += event.data.deltaMs;
      return;
    }
    const played = { startsAt: instantOf(event.data.from), endsAt: instantOf(event.data.to) };
    if (event.kind === 'merged') this.#giveAway(event, played);
    if (event.game === undefined && event.agent === undefined) return;
    const row = this.#rowOf(event, event.game ?? NO_GAME, event.agent ?? NO_AGENT, personId);
    row.intervals = addInterval(row.intervals, played);
    if (row.game_id !== NO_GAME) row.play_ms = measureIntervals(row.intervals);
    row.band = event.band ?? row.band;
    row.province = event.province ?? row.province;
    if (event.kind === 'play') row.leased_ms += event.data.leasedMs;
    this.#judge(keyOf(row));
  }

  /** Remembers at the person of before that this went to another. */
  #giveAway(event: EventOf<'merged'>, played: Interval): void {
    const marker = this.#rowOf({ ...event, person: event.data.previous }, NO_GAME, NO_AGENT, null);
    marker.intervals = addInterval(marker.intervals, played);
    marker.superseded_by = event.person;
    this.#judge(keyOf(marker));
  }

  #judge(personDay: string): void {
    const rows = this.#rows.get(personDay)!;
    const marker = rows.get(placeOf(NO_GAME, NO_AGENT));
    if (marker === undefined) return;
    for (const row of rows.values()) {
      if (row === marker) continue;
      const isGone =
        measureIntervals(unionIntervals(marker.intervals, row.intervals)) === measureIntervals(marker.intervals);
      const supersededBy = isGone ? marker.superseded_by : null;
      if (row.superseded_by === supersededBy) continue;
      row.superseded_by = supersededBy;
      this.#changed.add(row);
    }
  }

  /** Of an event's person and day; whoever asks for it changes it. */
  #rowOf(
    event: EventSubject & { readonly date: string },
    gameId: string,
    agentId: string,
    personId: string | null,
  ): Day {
    const place = { mode: event.mode, provider_id: event.provider, date: event.date, person_ref: event.person };
    const found = this.#rows.get(keyOf(place))?.get(placeOf(gameId, agentId));
    const row =
      found ?? this.#add({ ...EMPTY, ...place, game_id: gameId, agent_id: agentId, player_ref: event.player });
    row.person_id ??= personId;
    this.#changed.add(row);
    return row;
  }

  #add(row: Day): Day {
    const rows = this.#rows.get(keyOf(row)) ?? new Map<string, Day>();
    this.#rows.set(keyOf(row), rows.set(placeOf(row.game_id, row.agent_id), row));
    return row;
  }

  async write(db: Transaction<Schema>): Promise<void> {
    const rows = [...this.#changed].map((row) => ({
      ...row,
      intervals: row.intervals.map(({ endsAt, startsAt }) => [startsAt, endsAt]),
    }));
    await sql`
      insert into day_summaries
      select * from json_populate_recordset(null::day_summaries, ${JSON.stringify(rows)}::text::json)
      on conflict (mode, provider_id, date, person_ref, game_id, agent_id) do update set
        person_id = excluded.person_id, province = excluded.province, band = excluded.band, play_ms = excluded.play_ms,
        leased_ms = excluded.leased_ms, corrected_ms = excluded.corrected_ms, intervals = excluded.intervals,
        superseded_by = excluded.superseded_by`.execute(db);
  }
}

const placeOf = (gameId: string, agentId: string): string => `${gameId} ${agentId}`;

const toInterval = ([startsAt, endsAt]: readonly [number, number]): Interval => ({ startsAt, endsAt });

const EMPTY = {
  person_id: null,
  province: null,
  band: null,
  play_ms: 0,
  leased_ms: 0,
  corrected_ms: 0,
  intervals: [],
  superseded_by: null,
};
