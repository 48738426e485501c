import { limits } from '@playgate/contract';
import type { AdjustmentEntry, CalendarDate } from '@playgate/policy';
import { type ExpressionBuilder, type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { correctedFields, newReasonSalt } from '../../compliance/corrections/corrected-fields.ts';
import type { Correction, Corrections, NewCorrection } from '../../compliance/corrections/correction.ts';
import { GATEWAY_PARTITION } from '../../compliance/event-log.ts';
import { newGatewayEntryId } from '../../compliance/gateway-entry-id.ts';
import { newId } from '../../directory/new-id.ts';
import { Fault } from '../../fault.ts';
import type { ErasedPlayer } from './erase-player.ts';
import type { Schema } from './schema.ts';
import type { SqlEventLog } from './sql-event-log.ts';

export interface SqlCorrectionsPorts {
  readonly db: Kysely<Schema>;
  readonly log: Pick<SqlEventLog, 'appendWith'>;
  /** Real time, for the ids of entries. */
  readonly realNow: () => number;
}

type Row = Selectable<Schema['corrections']> & { readonly undone_by: string | null };

export class SqlCorrections implements Corrections {
  readonly #ports: SqlCorrectionsPorts;

  constructor(ports: SqlCorrectionsPorts) {
    this.#ports = ports;
  }

  async add(entry: NewCorrection, judge: (others: readonly AdjustmentEntry[]) => void): Promise<Correction | null> {
    const correctionId = newId('correction');
    const salt = newReasonSalt();
    const entryId = newGatewayEntryId(this.#ports.realNow());
    let kept = false;
    await this.#ports.log.appendWith(GATEWAY_PARTITION, async (db) => {
      kept = await holdPerson(db, entry);
      if (!kept) return [];
      judge(await readOthers(db, entry));
      await insert(db, entry, correctionId, salt);
      return [{ entryId, fields: correctedFields(entry, correctionId, salt) }];
    });
    if (!kept) return null;
    const { context, now: madeAt, personId, world, ...told } = entry;
    return { ...told, correctionId, madeAt, undoneBy: null };
  }

  async list(personId: string, date: CalendarDate | null): Promise<readonly Correction[]> {
    let query = selectCorrections(this.#ports.db)
      .innerJoin('correction_persons', 'correction_persons.correction_id', 'corrections.correction_id')
      .where('correction_persons.person_id', '=', personId);
    if (date !== null) query = query.where('correction_persons.date', '=', date);
    const rows = await query
      .limit(date === null ? limits.CORRECTIONS_LISTED_MAX : limits.CORRECTIONS_OF_DAY_MAX)
      .execute();
    return rows.map(correctionOf);
  }

  async carryOver(previousPersonId: string, personId: string): Promise<void> {
    await sql`
      insert into correction_persons (person_id, date, correction_id)
      select ${personId}, date, correction_id from correction_persons where person_id = ${previousPersonId}
      on conflict do nothing`.execute(this.#ports.db);
  }
}

/** Newest first. */
export const selectCorrections = (db: Kysely<Schema>) =>
  db
    .selectFrom('corrections')
    .leftJoin('corrections as undo', 'undo.undoes', 'corrections.correction_id')
    .selectAll('corrections')
    .select('undo.correction_id as undone_by')
    .orderBy('corrections.correction_no', 'desc');

/** What counts for a person from one day to another, as JSON; null: nothing. For a query over `players`. */
export function adjustmentsNear(query: ExpressionBuilder<Schema, 'players'>, from: CalendarDate, to: CalendarDate) {
  return query
    .selectFrom('correction_persons')
    .innerJoin('corrections', 'corrections.correction_id', 'correction_persons.correction_id')
    .select(
      sql<readonly AdjustmentEntry[] | null>`json_agg(json_build_object(
        'date', corrections.date, 'gameId', game_id, 'deltaMs', delta_ms, 'bonusMs', bonus_ms, 'mendsError', mends_error))`.as(
        'entries',
      ),
    )
    .whereRef('correction_persons.person_id', '=', 'players.person_id')
    .where('correction_persons.date', '>=', from)
    .where('correction_persons.date', '<=', to);
}

/** The texts go with the account they were written about; what counts for a person goes with its last account. */
export async function forgetCorrections(
  db: Kysely<Schema>,
  { isLast, personId, playerId }: ErasedPlayer,
): Promise<void> {
  await db
    .updateTable('corrections')
    .set({ reason: null, reason_salt: null })
    .where('player_id', '=', playerId)
    .execute();
  await db.deleteFrom('waiting_erasures').where('player_id', '=', playerId).execute();
  if (isLast) await db.deleteFrom('correction_persons').where('person_id', '=', personId).execute();
}

/** False: another person's by now, or erased. Held, nobody adds to the person's days meanwhile and nobody erases it. */
async function holdPerson(db: Transaction<Schema>, { personId, playerId }: NewCorrection): Promise<boolean> {
  const player = await db
    .selectFrom('players')
    .select('person_id')
    .where('player_id', '=', playerId)
    .where('erased_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (player?.person_id !== personId) return false;
  await db.selectFrom('persons').select('person_id').where('person_id', '=', personId).forUpdate().execute();
  return true;
}

/** Throws a Fault for a second undo, and for a day that is full. */
async function readOthers(
  db: Transaction<Schema>,
  { date, personId, undoes }: NewCorrection,
): Promise<readonly AdjustmentEntry[]> {
  const rows = await db
    .selectFrom('correction_persons')
    .innerJoin('corrections', 'corrections.correction_id', 'correction_persons.correction_id')
    .select(['corrections.date', 'game_id', 'delta_ms', 'bonus_ms', 'mends_error', 'undoes'])
    .where('correction_persons.person_id', '=', personId)
    .where('correction_persons.date', '=', date)
    .execute();
  if (undoes !== null && rows.some((row) => row.undoes === undoes)) {
    throw new Fault('conflict', 'It was taken back before.');
  }
  if (rows.length >= limits.CORRECTIONS_OF_DAY_MAX) {
    throw new Fault('unprocessable', `A day has at most ${limits.CORRECTIONS_OF_DAY_MAX} corrections and grants.`);
  }
  return rows.map((row) => ({
    date: row.date,
    gameId: row.game_id,
    deltaMs: row.delta_ms,
    bonusMs: row.bonus_ms,
    mendsError: row.mends_error,
  }));
}

async function insert(
  db: Transaction<Schema>,
  entry: NewCorrection,
  correctionId: string,
  salt: Uint8Array,
): Promise<void> {
  const { author, date, personId, playerId, world } = entry;
  await db
    .insertInto('corrections')
    .values({
      correction_id: correctionId,
      provider_id: world.providerId,
      mode: world.mode,
      player_id: playerId,
      kind: entry.kind,
      date,
      game_id: entry.gameId,
      delta_ms: entry.deltaMs,
      bonus_ms: entry.bonusMs,
      mends_error: entry.mendsError,
      author_role: author.role,
      author_id: author.id,
      reason: entry.reason,
      reason_salt: salt,
      undoes: entry.undoes,
      made_at: entry.now,
    })
    .execute();
  await db
    .insertInto('correction_persons')
    .values({ person_id: personId, date, correction_id: correctionId })
    .execute();
}

export function correctionOf(row: Row): Correction {
  return {
    correctionId: row.correction_id,
    kind: row.kind,
    playerId: row.player_id,
    date: row.date,
    gameId: row.game_id,
    deltaMs: row.delta_ms,
    bonusMs: row.bonus_ms,
    mendsError: row.mends_error,
    reason: row.reason,
    author: { role: row.author_role, id: row.author_id },
    madeAt: row.made_at,
    undoes: row.undoes,
    undoneBy: row.undone_by,
  };
}
