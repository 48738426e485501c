import type { AgeBand, Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { StatusMark, StatusMarks } from '../../webhooks/status-teller.ts';
import type { Schema } from './schema.ts';
import { enqueueWebhooks } from './webhook-rows.ts';

export class SqlStatusMarks implements StatusMarks {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async list(countMax: number): Promise<readonly StatusMark[]> {
    const rows = await this.#db
      .selectFrom('status_marks')
      .innerJoin('players', 'players.player_id', 'status_marks.player_id')
      .leftJoin('told_status', 'told_status.player_id', 'status_marks.player_id')
      .select(['players.player_id', 'players.provider_id', 'players.mode', 'status_marks.mark_no'])
      .select(['told_status.age_band', 'told_status.has_guardian'])
      .orderBy('status_marks.mark_no')
      .limit(countMax)
      .execute();
    return rows.map((row) => ({
      playerId: row.player_id,
      world: { providerId: row.provider_id, mode: row.mode },
      markNo: row.mark_no,
      told:
        row.has_guardian === null ? null : { ageBand: row.age_band as AgeBand | null, hasGuardian: row.has_guardian },
    }));
  }

  settle(
    { markNo, playerId, world }: StatusMark,
    told: Parameters<StatusMarks['settle']>[1],
    now: Instant,
  ): Promise<boolean> {
    return this.#db.transaction().execute(async (db) => {
      const taken = await db
        .deleteFrom('status_marks')
        .where('player_id', '=', playerId)
        .where('mark_no', '=', markNo)
        .returning('player_id')
        .executeTakeFirst();
      if (taken === undefined) return false;
      if (told === null) return true;
      const { ageBand, hasGuardian } = told.status;
      const row = { age_band: ageBand, has_guardian: hasGuardian };
      await db
        .insertInto('told_status')
        .values({ player_id: playerId, ...row })
        .onConflict((conflict) => conflict.column('player_id').doUpdateSet(row))
        .execute();
      await enqueueWebhooks(db, [{ world, playerId, seq: null, event: told.event }], now);
      return true;
    });
  }
}
