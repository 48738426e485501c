import { type CalendarDate, DAY_MS, type Instant, type Policy } from '@playgate/policy';
import type { ExpressionBuilder, Kysely } from 'kysely';
import type { PlayerProfile, Players } from '../../directory/directory.ts';
import type { World } from '../../directory/world.ts';
import {
  type Described,
  describePlayer,
  describeProvisionalPlayer,
  UNKNOWN_PLAYER,
} from '../../verification/assess-identity.ts';
import { ERASURES } from './erase-player.ts';
import type { IdentityVault } from './identity-vault.ts';
import { prepare } from './prepared.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Schema } from './schema.ts';
import { adjustmentsNear } from './sql-corrections.ts';

export interface SqlPlayersPorts {
  readonly db: Kysely<Schema>;
  readonly vault: IdentityVault;
  /** The deployment's default policy as in force at an instant; its bands and zone shape the facts. */
  readonly defaultPolicyAt: (now: Instant) => Policy;
}

const UNDESCRIBED: Described = { facts: UNKNOWN_PLAYER, bandChangesAt: null, assurance: null, methods: [] };

export class SqlPlayers implements Players {
  readonly #ports: SqlPlayersPorts;
  readonly #selectProfile;

  constructor(ports: SqlPlayersPorts) {
    this.#ports = ports;
    this.#selectProfile = prepareProfile(ports.db);
  }

  async findProfile(world: World, playerId: string, now: Instant): Promise<PlayerProfile | null> {
    const { db, vault, defaultPolicyAt } = this.#ports;
    const { providerId, mode } = world;
    const { rows } = await db.executeQuery(this.#selectProfile({ playerId, providerId, mode, ...datesAround(now) }));
    const [row] = rows;
    if (row === undefined) return null;
    const policy = defaultPolicyAt(now).document;
    const described =
      row.identity === null
        ? UNDESCRIBED
        : describePlayer({ ...vault.open(row.identity, playerId), isGuarded: row.has_guardian }, policy, now);
    const standing = described.facts.verified ? null : await this.#findStanding(playerId, now);
    const provisional = { ...standing, facts: describeProvisionalPlayer(policy), assurance: null };
    const known = standing === null ? described : { ...described, ...provisional };
    const isOfAge = known.facts.ageBand === 'adult';
    return {
      playerId,
      personId: row.person_id,
      humanId: row.human_id,
      ...known,
      facts: { ...known.facts, hasGuardian: row.has_guardian },
      guardianRules: isOfAge ? null : (row.guardian_rules ?? null),
      adjustments: row.adjustments ?? [],
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
    const run = async (db: Kysely<Schema>): Promise<string | null> => {
      const player = await db
        .updateTable('players')
        .set(({ fn, ref, val }) => ({
          identity: null,
          player_ref_hash: null,
          assurance: null,
          provisional_from_at: null,
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
    };
    return retryOnConflict(() => this.#ports.db.transaction().execute(run));
  }
}

interface Asked {
  readonly playerId: string;
  readonly providerId: string;
  readonly mode: World['mode'];
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

const prepareProfile = (db: Kysely<Schema>) =>
  prepare<Asked>('player_profile')((value) =>
    db
      .selectFrom('players')
      .innerJoin('persons', 'persons.person_id', 'players.person_id')
      .select(['players.person_id', 'identity', 'human_id'])
      .select(guardiansWord)
      .select((query) => adjustmentsNear(query, value('from'), value('to')).as('adjustments'))
      .where('player_id', '=', value('playerId'))
      .where('players.provider_id', '=', value('providerId'))
      .where('players.mode', '=', value('mode'))
      .where('erased_at', 'is', null),
  );

/** The days that it is anywhere on earth. */
const datesAround = (now: Instant): Pick<Asked, 'from' | 'to'> => ({
  from: new Date(now - DAY_MS).toISOString().slice(0, DATE_LENGTH),
  to: new Date(now + DAY_MS).toISOString().slice(0, DATE_LENGTH),
});
const DATE_LENGTH = 'YYYY-MM-DD'.length;

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
