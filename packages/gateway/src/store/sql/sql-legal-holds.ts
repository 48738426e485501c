import type { Instant } from '@playgate/policy';
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { LegalHold, LegalHolds } from '../../compliance/retention/legal-holds.ts';
import { newId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import type { Schema } from './schema.ts';

export class SqlLegalHolds implements LegalHolds {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async place(
    { author, reason, scope, subjectId }: Pick<LegalHold, 'scope' | 'subjectId' | 'reason' | 'author'>,
    now: Instant,
  ): Promise<LegalHold | null> {
    if (!(await this.#isThere(scope, subjectId))) return null;
    const row = {
      hold_id: newId('hold'),
      scope,
      subject_id: subjectId,
      reason,
      author,
      placed_at: now,
      released_at: null,
      released_by: null,
    };
    await this.#db.insertInto('legal_holds').values(row).execute();
    return holdOf(row);
  }

  async #isThere(scope: LegalHold['scope'], subjectId: string | null): Promise<boolean> {
    if (scope === 'all' || subjectId === null) return scope === 'all' && subjectId === null;
    const found =
      scope === 'provider'
        ? await this.#db
            .selectFrom('providers')
            .select('provider_id')
            .where('provider_id', '=', subjectId)
            .executeTakeFirst()
        : await this.#db
            .selectFrom('players')
            .select('player_id')
            .where('player_id', '=', subjectId)
            .executeTakeFirst();
    return found !== undefined;
  }

  async release(holdId: string, by: string, now: Instant): Promise<boolean> {
    const released = await this.#db
      .updateTable('legal_holds')
      .set({ released_at: now, released_by: by })
      .where('hold_id', '=', holdId)
      .where('released_at', 'is', null)
      .returning('hold_id')
      .executeTakeFirst();
    return released !== undefined;
  }

  async list(): Promise<readonly LegalHold[]> {
    const rows = await this.#db
      .selectFrom('legal_holds')
      .selectAll()
      .orderBy('placed_at', 'desc')
      .orderBy('hold_id')
      .execute();
    return rows.map(holdOf);
  }

  async deferErasure({ mode, providerId }: World, playerId: string, now: Instant): Promise<boolean> {
    const { rows } = await sql`
      insert into waiting_erasures (player_id, requested_at)
      select player_id, ${now} from players
      where player_id = ${playerId} and provider_id = ${providerId} and mode = ${mode} and erased_at is null
        and ${isHeld(sql.ref('players.provider_id'), sql.ref('players.player_id'))}
      on conflict (player_id) do update set requested_at = waiting_erasures.requested_at
      returning player_id`.execute(this.#db);
    return rows.length > 0;
  }

  async listReleasedErasures() {
    const { rows } = await sql<{ player_id: string; provider_id: string; mode: World['mode'] }>`
      select players.player_id, provider_id, mode from waiting_erasures
      join players on players.player_id = waiting_erasures.player_id
      where erased_at is null and not ${isHeld(sql.ref('players.provider_id'), sql.ref('players.player_id'))}
      order by requested_at`.execute(this.#db);
    return rows.map(({ mode, player_id, provider_id }) => ({
      world: { mode, providerId: provider_id },
      playerId: player_id,
    }));
  }
}

/** Whether a hold stands on everything, on the provider, or on the player; a missing player (null) is held by no hold of its own. */
export const isHeld = (providerId: RawBuilder<unknown>, playerId: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`exists (
    select 1 from legal_holds where released_at is null and (
      scope = 'all' or (scope = 'provider' and subject_id = ${providerId}) or (scope = 'player' and subject_id = ${playerId})))`;

function holdOf(row: Selectable<Schema['legal_holds']>): LegalHold {
  return {
    holdId: row.hold_id,
    scope: row.scope,
    subjectId: row.subject_id,
    reason: row.reason,
    author: row.author,
    placedAt: row.placed_at,
    releasedAt: row.released_at,
    releasedBy: row.released_by,
  };
}
