// Registrations of children by guardians, as rows. They are filed under an account and hold for the person behind it, so
// a look-up goes over all accounts of the person, and nothing has to be moved when two persons turn out to be one.
import type { Instant } from '@playgate/policy';
import type { Kysely, Selectable } from 'kysely';
import { newId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import type { Child, GuardianConsent } from '../../guardians/guardian-register.ts';
import type { IdentityVault } from './identity-vault.ts';
import type { Schema } from './schema.ts';
import { markStatusOf } from './status-marks.ts';

export type GuardianshipRow = Selectable<Schema['guardianships']>;

/** A child and the world it is of. */
export interface ChildOfWorld extends Child {
  readonly world: World;
}

/** Changes to what is filed under a person come one after the other. Rows that refer to the person hinder nobody. */
export async function lockPerson(db: Kysely<Schema>, personId: string): Promise<void> {
  await db.selectFrom('persons').select('person_id').where('person_id', '=', personId).forNoKeyUpdate().execute();
}

/** The newest that stands. */
export async function findStanding(db: Kysely<Schema>, personId: string): Promise<GuardianshipRow | null> {
  const row = await ofPerson(db, personId).where('guardianships.ended_at', 'is', null).executeTakeFirst();
  return row ?? null;
}

/**
 * Whether a revocation of the child took an offered consent back: it is dated before the revocation, whoever gave it, or is
 * no younger than the one revoked, whose date may lie a little ahead. Providers send what they have on file again and again,
 * also of a guardian who was replaced, and that must not undo a revocation.
 */
async function isRevokedConsent(
  db: Kysely<Schema>,
  personId: string,
  { consentedAt }: Pick<GuardianConsent, 'consentedAt'>,
): Promise<boolean> {
  const row = await ofPerson(db, personId)
    .where('guardianships.end_cause', '=', 'revoked')
    .where(({ eb, or }) =>
      or([eb('guardianships.ended_at', '>', consentedAt), eb('guardianships.consented_at', '>=', consentedAt)]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** False: the consent was revoked. Runs in the caller's transaction. */
export async function registerGuardianship(
  db: Kysely<Schema>,
  vault: IdentityVault,
  { personId, playerId, world }: ChildOfWorld,
  { consent, now }: { readonly consent: GuardianConsent; readonly now: Instant },
): Promise<boolean> {
  await lockPerson(db, personId);
  if (await isRevokedConsent(db, personId, consent)) return false;
  const guardianId = await upsertGuardian(db, vault, { world, consent, now });
  const standing = await findStanding(db, personId);
  if (standing !== null && isSame(standing, guardianId, consent)) return true;
  await endGuardianships(db, personId, { cause: 'replaced', now });
  if (standing !== null && standing.guardian_id !== guardianId) await revokeLinks(db, personId, now);
  await db
    .insertInto('guardianships')
    .values({
      player_id: playerId,
      guardian_id: guardianId,
      relationship: vault.sealText(consent.relationship, placeOfRelationship(playerId, guardianId)),
      consented_at: consent.consentedAt,
      consent_text_version: consent.textVersion,
      source: consent.source,
      registered_at: now,
      ended_at: null,
      end_cause: null,
    })
    .execute();
  await markStatusOf(db, personId);
  return true;
}

/**
 * A child has one guardian at a time. Of two that came together with accounts that turned out to be one person's, the one
 * who registered last keeps the registration and the links; those of the other end.
 */
export async function settleGuardians(db: Kysely<Schema>, personId: string, now: Instant): Promise<void> {
  const [kept, ...older] = await ofPerson(db, personId).where('guardianships.ended_at', 'is', null).execute();
  if (kept === undefined || older.length === 0) return;
  await db
    .updateTable('guardianships')
    .set({ ended_at: now, end_cause: 'replaced' })
    .where(
      'guardianship_no',
      'in',
      older.map((row) => row.guardianship_no),
    )
    .execute();
  await db
    .updateTable('guardian_links')
    .set({ revoked_at: now })
    .where('revoked_at', 'is', null)
    .where('guardian_id', '<>', kept.guardian_id)
    .where('player_id', 'in', accountsOf(db, personId))
    .execute();
}

export async function endGuardianships(
  db: Kysely<Schema>,
  personId: string,
  { cause, now }: { readonly cause: 'revoked' | 'replaced'; readonly now: Instant },
): Promise<void> {
  await db
    .updateTable('guardianships')
    .set({ ended_at: now, end_cause: cause })
    .where('ended_at', 'is', null)
    .where('player_id', 'in', accountsOf(db, personId))
    .execute();
}

export async function revokeLinks(db: Kysely<Schema>, personId: string, now: Instant): Promise<void> {
  await db
    .updateTable('guardian_links')
    .set({ revoked_at: now })
    .where('revoked_at', 'is', null)
    .where('player_id', 'in', accountsOf(db, personId))
    .execute();
}

/** Erases who guarded a person none of whose accounts is left; the bare record of the consents stays. */
export async function forgetGuardiansOf(db: Kysely<Schema>, personId: string): Promise<void> {
  const mine = await db
    .updateTable('guardianships')
    .set({ relationship: null })
    .where('player_id', 'in', accountsOf(db, personId))
    .returning('guardian_id')
    .execute();
  const guardianIds = [...new Set(mine.map((row) => row.guardian_id))];
  if (guardianIds.length === 0) return;
  await db
    .updateTable('guardians')
    .set({ identity: null, phone_hash: null })
    .where('guardian_id', 'in', guardianIds)
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('guardianships')
            .innerJoin('players as own', 'own.player_id', 'guardianships.player_id')
            .innerJoin('players as account', 'account.person_id', 'own.person_id')
            .select('guardianships.guardianship_no')
            .whereRef('guardianships.guardian_id', '=', 'guardians.guardian_id')
            .where('account.erased_at', 'is', null),
        ),
      ),
    )
    .execute();
}

export const placeOfRelationship = (playerId: string, guardianId: string) => `${playerId}/${guardianId}`;

/** Of all accounts of a person, newest first. */
function ofPerson(db: Kysely<Schema>, personId: string) {
  return db
    .selectFrom('guardianships')
    .innerJoin('players', 'players.player_id', 'guardianships.player_id')
    .selectAll('guardianships')
    .where('players.person_id', '=', personId)
    .orderBy('guardianships.guardianship_no', 'desc');
}

export function accountsOf(db: Kysely<Schema>, personId: string) {
  return db.selectFrom('players').select('players.player_id').where('players.person_id', '=', personId);
}

function isSame(row: GuardianshipRow, guardianId: string, { consentedAt, textVersion }: GuardianConsent): boolean {
  return row.guardian_id === guardianId && row.consented_at === consentedAt && row.consent_text_version === textVersion;
}

/** One phone is one guardian of a world; the newest name stands. */
async function upsertGuardian(
  db: Kysely<Schema>,
  vault: IdentityVault,
  job: { readonly world: World; readonly consent: GuardianConsent; readonly now: Instant },
): Promise<string> {
  const { consent, now, world } = job;
  const phoneHash = vault.hashGuardianPhone(world, consent.phone);
  const known = await db
    .selectFrom('guardians')
    .select(['guardian_id', 'identity'])
    .where('provider_id', '=', world.providerId)
    .where('mode', '=', world.mode)
    .where('phone_hash', '=', phoneHash)
    .forUpdate()
    .executeTakeFirst();
  const guardianId = known?.guardian_id ?? newId('guardian');
  const knownName = known?.identity ? vault.openGuardian(known.identity, guardianId).name : null;
  const name = consent.name ?? knownName;
  if (known?.identity && name === knownName) return guardianId;
  const identity = vault.sealGuardian({ name, phone: consent.phone }, guardianId);
  const row = { provider_id: world.providerId, mode: world.mode, phone_hash: phoneHash, identity, updated_at: now };
  if (known === undefined) {
    await db
      .insertInto('guardians')
      .values({ ...row, guardian_id: guardianId, created_at: now })
      .execute();
  } else {
    await db.updateTable('guardians').set(row).where('guardian_id', '=', guardianId).execute();
  }
  return guardianId;
}
