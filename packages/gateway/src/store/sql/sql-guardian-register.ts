import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import { newId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import {
  type Child,
  type GuardianConsent,
  type GuardianLink,
  type GuardianRegister,
  type Guardianship,
  REVISIONS_TOLD_MAX,
  type Relationship,
  type RulesChange,
  type RulesRevision,
} from '../../guardians/guardian-register.ts';
import { maskPhone } from '../../guardians/mask-phone.ts';
import { insertRevision, isSameRules, listRevisions } from './guardian-rules-rows.ts';
import {
  accountsOf,
  endGuardianships,
  findStanding,
  type GuardianshipRow,
  lockPerson,
  placeOfRelationship,
  registerGuardianship,
  revokeLinks,
} from './guardianship-rows.ts';
import type { IdentityVault } from './identity-vault.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Schema } from './schema.ts';
import { markStatusOf } from './status-marks.ts';

export class SqlGuardianRegister implements GuardianRegister {
  readonly #db: Kysely<Schema>;
  readonly #vault: IdentityVault;

  constructor(db: Kysely<Schema>, vault: IdentityVault) {
    this.#db = db;
    this.#vault = vault;
  }

  async register(world: World, child: Child, consent: GuardianConsent, now: Instant): Promise<Guardianship | null> {
    return retryOnConflict(() =>
      this.#db.transaction().execute(async (db) => {
        const isRegistered = await registerGuardianship(db, this.#vault, { ...child, world }, { consent, now });
        return isRegistered ? this.#describe(db, (await findStanding(db, child.personId))!) : null;
      }),
    );
  }

  async findGuardianship({ personId }: Child): Promise<Guardianship | null> {
    const row = await findStanding(this.#db, personId);
    return row === null ? null : this.#describe(this.#db, row);
  }

  async revoke({ personId }: Child, now: Instant): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await lockPerson(db, personId);
      await endGuardianships(db, personId, { cause: 'revoked', now });
      await revokeLinks(db, personId, now);
      await markStatusOf(db, personId);
    });
  }

  listRevisions({ personId }: Child): Promise<readonly RulesRevision[]> {
    return listRevisions(this.#db, personId, REVISIONS_TOLD_MAX);
  }

  setRules(child: Child, change: RulesChange, now: Instant): Promise<RulesRevision | null> {
    return this.#db.transaction().execute(async (db) => {
      await lockPerson(db, child.personId);
      const [newest] = await listRevisions(db, child.personId, 1);
      const seen = newest?.version ?? 0;
      if (change.ifVersion !== null && change.ifVersion !== seen) return null;
      if (newest !== undefined && isSameRules(newest.rules, change.rules)) return newest;
      const revision = { version: seen + 1, rules: change.rules, author: change.author, setAt: now };
      await insertRevision(db, child.playerId, { ...revision, guardianId: change.guardianId });
      return revision;
    });
  }

  addLink(world: World, child: Child, expiresAt: Instant, now: Instant): Promise<GuardianLink | null> {
    return this.#db.transaction().execute(async (db) => {
      await lockPerson(db, child.personId);
      const guardianship = await findStanding(db, child.personId);
      if (guardianship === null) return null;
      const link = { linkId: newId('guardianLink'), guardianId: guardianship.guardian_id, expiresAt };
      await db
        .insertInto('guardian_links')
        .values({
          link_id: link.linkId,
          provider_id: world.providerId,
          mode: world.mode,
          player_id: child.playerId,
          guardian_id: link.guardianId,
          created_at: now,
          expires_at: expiresAt,
          revoked_at: null,
        })
        .execute();
      return link;
    });
  }

  async findLinkGuardian(world: World, linkId: string, playerId: string): Promise<string | null> {
    const row = await this.#db
      .selectFrom('guardian_links')
      .select('guardian_id')
      .where('link_id', '=', linkId)
      .where('player_id', '=', playerId)
      .where('provider_id', '=', world.providerId)
      .where('mode', '=', world.mode)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return row?.guardian_id ?? null;
  }

  async revokeLink({ personId }: Child, linkId: string, now: Instant): Promise<boolean> {
    const row = await this.#db
      .updateTable('guardian_links')
      .set(({ fn, ref, val }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(now)) }))
      .where('link_id', '=', linkId)
      .where('player_id', 'in', accountsOf(this.#db, personId))
      .returning('link_id')
      .executeTakeFirst();
    return row !== undefined;
  }

  async #describe(db: Kysely<Schema>, row: GuardianshipRow): Promise<Guardianship> {
    const guardian = await db
      .selectFrom('guardians')
      .select('identity')
      .where('guardian_id', '=', row.guardian_id)
      .executeTakeFirstOrThrow();
    const children = await db
      .selectFrom('guardianships')
      .innerJoin('players', 'players.player_id', 'guardianships.player_id')
      .select(({ fn }) => fn.count<number | string>('players.person_id').distinct().as('count'))
      .where('guardianships.guardian_id', '=', row.guardian_id)
      .where('guardianships.ended_at', 'is', null)
      .executeTakeFirstOrThrow();
    const place = placeOfRelationship(row.player_id, row.guardian_id);
    return {
      guardianId: row.guardian_id,
      relationship: this.#vault.openText(row.relationship!, place) as Relationship,
      maskedPhone: maskPhone(this.#vault.openGuardian(guardian.identity!, row.guardian_id).phone),
      consentedAt: row.consented_at,
      textVersion: row.consent_text_version,
      source: row.source,
      registeredAt: row.registered_at,
      childCount: Number(children.count),
    };
  }
}
