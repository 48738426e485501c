import { sql, type Transaction } from 'kysely';
import { instantOf, type LoggedEvent } from '../../../compliance/compliance-event.ts';
import type { DenialRow, Schema } from '../schema.ts';

/** Events -> one row per refused start. */
export async function projectDenials(events: readonly LoggedEvent[], db: Transaction<Schema>): Promise<void> {
  const rows = events.flatMap((logged) => {
    const row = denialRow(logged);
    return row === null ? [] : [row];
  });
  if (rows.length === 0) return;
  await sql`
    insert into denials
    select * from json_populate_recordset(null::denials, ${JSON.stringify(rows)}::text::json)`.execute(db);
}

function denialRow({ event, playerId }: LoggedEvent): DenialRow | null {
  if (event.kind !== 'denied') return null;
  return {
    seq: event.seq,
    mode: event.mode,
    provider_id: event.provider,
    person_ref: event.person,
    player_ref: event.player,
    player_id: playerId,
    game_id: event.game ?? '',
    agent_id: event.agent ?? null,
    station_id: event.station ?? null,
    province: event.province ?? null,
    band: event.band ?? null,
    assurance: event.assurance ?? null,
    protocol: event.protocol ?? null,
    source: event.source,
    reason: event.data.reason,
    at: instantOf(event.at),
    date: event.date,
  };
}
