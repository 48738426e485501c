import type { Instant, Policy } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { PlayerProfile, Players } from '../../directory/directory.ts';
import type { World } from '../../directory/world.ts';
import { describePlayer, UNKNOWN_PLAYER } from '../../verification/assess-identity.ts';
import type { IdentityVault } from './identity-vault.ts';
import type { Schema } from './schema.ts';

export interface SqlPlayersPorts {
  readonly db: Kysely<Schema>;
  readonly vault: IdentityVault;
  /** The deployment's default policy as in force at an instant; its bands and zone shape the facts. */
  readonly defaultPolicyAt: (now: Instant) => Policy;
}

export class SqlPlayers implements Players {
  readonly #ports: SqlPlayersPorts;

  constructor(ports: SqlPlayersPorts) {
    this.#ports = ports;
  }

  async findProfile(world: World, playerId: string, now: Instant): Promise<PlayerProfile | null> {
    const { db, vault, defaultPolicyAt } = this.#ports;
    const row = await db
      .selectFrom('players')
      .select(['person_id', 'identity'])
      .where('player_id', '=', playerId)
      .where('provider_id', '=', world.providerId)
      .where('mode', '=', world.mode)
      .where('erased_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    const known =
      row.identity === null
        ? { facts: UNKNOWN_PLAYER, bandChangesAt: null }
        : describePlayer(vault.open(row.identity, playerId), defaultPolicyAt(now).document, now);
    return { playerId, personId: row.person_id, ...known };
  }

  async erase(world: World, playerId: string, now: Instant): Promise<boolean> {
    return this.#ports.db.transaction().execute(async (db) => {
      const player = await db
        .updateTable('players')
        .set(({ fn, ref, val }) => ({
          identity: null,
          player_ref_hash: null,
          assurance: null,
          erased_at: fn.coalesce(ref('erased_at'), val(now)),
        }))
        .where('player_id', '=', playerId)
        .where('provider_id', '=', world.providerId)
        .where('mode', '=', world.mode)
        .returning('person_id')
        .executeTakeFirst();
      if (player === undefined) return false;
      await db.updateTable('verifications').set({ claim: null }).where('player_id', '=', playerId).execute();
      await forgetLonelyPerson(db, player.person_id);
      return true;
    });
  }
}

/** A person none of whose accounts is left has no use for the hash of a national id. */
async function forgetLonelyPerson(db: Kysely<Schema>, personId: string): Promise<void> {
  await db
    .updateTable('persons')
    .set({ national_id_hash: null })
    .where('person_id', '=', personId)
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('players').select('player_id').where('person_id', '=', personId).where('erased_at', 'is', null),
        ),
      ),
    )
    .execute();
}
