import type { Instant, Policy } from '@playgate/policy';
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { PlayerProfile, Players } from '../../directory/directory.ts';
import type { World } from '../../directory/world.ts';
import { describePlayer, describeProvisionalPlayer, UNKNOWN_PLAYER } from '../../verification/assess-identity.ts';
import { ERASURES } from './erase-player.ts';
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
      .innerJoin('persons', 'persons.person_id', 'players.person_id')
      .select(['players.person_id', 'identity', 'human_id'])
      .select(guardiansWord)
      .where('player_id', '=', playerId)
      .where('players.provider_id', '=', world.providerId)
      .where('players.mode', '=', world.mode)
      .where('erased_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined) return null;
    const policy = defaultPolicyAt(now).document;
    const described =
      row.identity === null
        ? { facts: UNKNOWN_PLAYER, bandChangesAt: null }
        : describePlayer({ ...vault.open(row.identity, playerId), isGuarded: row.has_guardian }, policy, now);
    const standing = described.facts.verified ? null : await this.#findStanding(playerId, now);
    const known = standing === null ? described : { ...standing, facts: describeProvisionalPlayer(policy) };
    const isOfAge = known.facts.ageBand === 'adult';
    return {
      playerId,
      personId: row.person_id,
      humanId: row.human_id,
      ...known,
      facts: { ...known.facts, hasGuardian: row.has_guardian },
      guardianRules: isOfAge ? null : (row.guardian_rules ?? null),
    };
  }

  /** Until when a player who is not verified is let in, where the policy said so as the verification began; null: not at all. */
  async #findStanding(playerId: string, now: Instant): Promise<Pick<PlayerProfile, 'bandChangesAt'> | null> {
    const standing = await this.#ports.db
      .selectFrom('pending_verifications')
      .select(({ fn }) => fn.max('standing_until_at').as('until_at'))
      .where('player_id', '=', playerId)
      .where('standing_until_at', '>', now)
      .executeTakeFirst();
    const untilAt = standing?.until_at ?? null;
    return untilAt === null ? null : { bandChangesAt: untilAt };
  }

  async erase(world: World, playerId: string, now: Instant): Promise<string | null> {
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
      if (player === undefined) return null;
      const personId = player.person_id;
      const isLast = !(await hasAccount(db, personId));
      for (const erase of ERASURES) await erase(db, { playerId, personId, isLast, now });
      return personId;
    });
  }
}

/** What is filed under any account of the same person: a guardian that stands, and the newest rules. */
function guardiansWord(query: ExpressionBuilder<Schema, 'players'>) {
  const ofPerson = query
    .selectFrom('players as account')
    .select('account.player_id')
    .whereRef('account.person_id', '=', 'players.person_id');
  return [
    query
      .exists(
        query
          .selectFrom('guardianships')
          .select('guardianship_no')
          .where('guardianships.ended_at', 'is', null)
          .where('guardianships.player_id', 'in', ofPerson),
      )
      .$castTo<boolean>()
      .as('has_guardian'),
    query
      .selectFrom('guardian_rules')
      .select('guardian_rules.rules')
      .where('guardian_rules.player_id', 'in', ofPerson)
      .orderBy('guardian_rules.revision_no', 'desc')
      .limit(1)
      .as('guardian_rules'),
  ];
}

async function hasAccount(db: Kysely<Schema>, personId: string): Promise<boolean> {
  const account = await db
    .selectFrom('players')
    .select('player_id')
    .where('person_id', '=', personId)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  return account !== undefined;
}
