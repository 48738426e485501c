import type { AgeBand, Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { Assurance } from '../../directory/directory.ts';
import { newId, newPersonIdOf } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import type { Child, GuardianConsent } from '../../guardians/guardian-register.ts';
import type { Outcome, OutcomeReason } from '../../verification/assess-identity.ts';
import { canBeSame } from '../../verification/combine-sources.ts';
import type { Guardian, PlayerIdentity } from '../../verification/identity-claim.ts';
import type {
  PlayerRegister,
  VerificationEntry,
  VerificationReceipt,
  VerificationSummary,
} from '../../verification/player-register.ts';
import { findStanding, isRevokedConsent, registerGuardianship } from './guardianship-rows.ts';
import type { IdentityVault } from './identity-vault.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Schema } from './schema.ts';

interface KnownPlayer {
  readonly playerId: string;
  readonly personId: string;
  readonly identity: PlayerIdentity | null;
}

interface PlayerUpdate {
  readonly playerId: string;
  readonly personId: string;
  readonly identity: PlayerIdentity;
  readonly assurance: Assurance;
}

export class SqlPlayerRegister implements PlayerRegister {
  readonly #db: Kysely<Schema>;
  readonly #vault: IdentityVault;

  constructor(db: Kysely<Schema>, vault: IdentityVault) {
    this.#db = db;
    this.#vault = vault;
  }

  record(world: World, entry: VerificationEntry, now: Instant): Promise<VerificationReceipt> {
    return retryOnConflict(() =>
      this.#db
        .transaction()
        .execute((db) => new Recording(db, this.#vault, { world, playerRef: entry.playerRef, now }).run(entry)),
    );
  }

  admit(world: World, playerRef: string, now: Instant): Promise<string> {
    return retryOnConflict(() =>
      this.#db.transaction().execute((db) => new Recording(db, this.#vault, { world, playerRef, now }).admit()),
    );
  }

  async findVerification(world: World, verificationId: string): Promise<VerificationSummary | null> {
    const row = await this.#db
      .selectFrom('verifications')
      .select(['player_id', 'outcome', 'reason', 'age_band', 'assurance'])
      .where('verification_id', '=', verificationId)
      .where('provider_id', '=', world.providerId)
      .where('mode', '=', world.mode)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      verificationId,
      playerId: row.player_id,
      outcome: row.outcome as Outcome,
      reason: row.reason as OutcomeReason | null,
      ageBand: row.age_band as AgeBand | null,
      assurance: row.assurance as Assurance,
    };
  }
}

/**
 * One attempt to record, inside its transaction. It reads first and inserts plainly after: where a neighbour was
 * quicker the unique constraints (playerRef, national id) end the attempt, and the next one finds the neighbour's row.
 */
class Recording {
  readonly #db: Kysely<Schema>;
  readonly #vault: IdentityVault;
  readonly #world: World;
  readonly #playerRef: string;
  readonly #now: Instant;

  constructor(
    db: Kysely<Schema>,
    vault: IdentityVault,
    job: { readonly world: World; readonly playerRef: string; readonly now: Instant },
  ) {
    this.#db = db;
    this.#vault = vault;
    this.#world = job.world;
    this.#playerRef = job.playerRef;
    this.#now = job.now;
  }

  async run(entry: VerificationEntry): Promise<VerificationReceipt> {
    const known = await this.#findPlayer();
    const isGuarded = await this.#willBeGuarded(known, entry.claim.guardian);
    const { identity, ...assessment } = entry.judge(known?.identity ?? null, isGuarded);
    const personId = await this.#choosePerson(known, identity === null ? null : entry.claim.nationalId);
    const playerId = known?.playerId ?? (await this.#insertPlayer(personId));
    if (identity !== null) await this.#updatePlayer({ playerId, personId, identity, assurance: entry.claim.assurance });
    if (identity !== null) await this.#registerGuardian({ personId, playerId }, entry.claim.guardian);
    const verificationId = entry.verificationId ?? newId('verification');
    const previousPersonId = known === null || known.personId === personId ? null : known.personId;
    const receipt = { verificationId, playerId, personId, previousPersonId, ...assessment };
    await this.#insertVerification(receipt, entry, known?.identity ?? null);
    if (previousPersonId !== null) await this.#requestMerge(playerId, personId, previousPersonId);
    return receipt;
  }

  async admit(): Promise<string> {
    const known = await this.#findPlayer();
    return known?.playerId ?? this.#insertPlayer(await this.#insertPerson(null, null));
  }

  /** Whether a guardian stands for the player once this one, if any, is taken in. */
  async #willBeGuarded(known: KnownPlayer | null, offered: Guardian | null): Promise<boolean> {
    if (known === null) return offered !== null;
    if ((await findStanding(this.#db, known.personId)) !== null) return true;
    if (offered === null) return false;
    const { personId } = known;
    return !(await isRevokedConsent(this.#db, this.#vault, { world: this.#world, personId }, consentOf(offered)));
  }

  async #registerGuardian(child: Child, offered: Guardian | null): Promise<void> {
    if (offered === null) return;
    const entry = { consent: consentOf(offered), now: this.#now };
    await registerGuardianship(this.#db, this.#vault, { ...child, world: this.#world }, entry);
  }

  async #findPlayer(): Promise<KnownPlayer | null> {
    const row = await this.#db
      .selectFrom('players')
      .select(['player_id', 'person_id', 'identity'])
      .where('provider_id', '=', this.#world.providerId)
      .where('mode', '=', this.#world.mode)
      .where('player_ref_hash', '=', this.#vault.hashPlayerRef(this.#world, this.#playerRef))
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return null;
    const identity = row.identity === null ? null : this.#vault.open(row.identity, row.player_id);
    return { playerId: row.player_id, personId: row.person_id, identity };
  }

  async #choosePerson(known: KnownPlayer | null, nationalId: string | null): Promise<string> {
    if (nationalId === null) return known?.personId ?? this.#insertPerson(null, null);
    const nationalIdHash = this.#vault.hashNationalId(this.#world, nationalId);
    const holder = await this.#db
      .selectFrom('persons')
      .select('person_id')
      .where('provider_id', '=', this.#world.providerId)
      .where('mode', '=', this.#world.mode)
      .where('national_id_hash', '=', nationalIdHash)
      .executeTakeFirst();
    if (holder !== undefined) return holder.person_id;
    // A human's persons lie on one route, so a person made before the human was known cannot become one of them.
    const humanId = this.#vault.humanIdOf(this.#world, nationalId);
    if (humanId !== null) return this.#insertPerson(nationalIdHash, humanId);
    // The first national id of a player names the person it already has, so the day's play stays in one account.
    const named = known !== null && (await this.#namePerson(known.personId, nationalIdHash));
    return named ? known.personId : this.#insertPerson(nationalIdHash, null);
  }

  /** False: the person has another national id already. */
  async #namePerson(personId: string, nationalIdHash: string): Promise<boolean> {
    const result = await this.#db
      .updateTable('persons')
      .set({ national_id_hash: nationalIdHash })
      .where('person_id', '=', personId)
      .where('national_id_hash', 'is', null)
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  }

  async #insertPerson(nationalIdHash: string | null, humanId: string | null): Promise<string> {
    const personId = humanId === null ? newId('person') : newPersonIdOf(humanId);
    await this.#db
      .insertInto('persons')
      .values({
        person_id: personId,
        provider_id: this.#world.providerId,
        mode: this.#world.mode,
        national_id_hash: nationalIdHash,
        human_id: humanId,
        created_at: this.#now,
      })
      .execute();
    return personId;
  }

  async #insertPlayer(personId: string): Promise<string> {
    const playerId = newId('player');
    await this.#db
      .insertInto('players')
      .values({
        player_id: playerId,
        provider_id: this.#world.providerId,
        mode: this.#world.mode,
        person_id: personId,
        player_ref_hash: this.#vault.hashPlayerRef(this.#world, this.#playerRef),
        identity: null,
        assurance: null,
        created_at: this.#now,
        updated_at: this.#now,
        erased_at: null,
      })
      .execute();
    return playerId;
  }

  async #updatePlayer({ playerId, personId, identity, assurance }: PlayerUpdate): Promise<void> {
    await this.#db
      .updateTable('players')
      .set({
        person_id: personId,
        identity: this.#vault.seal(identity, playerId),
        assurance,
        updated_at: this.#now,
      })
      .where('player_id', '=', playerId)
      .execute();
  }

  /** In this transaction, so that no crash can lose the day played so far. */
  async #requestMerge(playerId: string, personId: string, previousPersonId: string): Promise<void> {
    await this.#db
      .insertInto('person_merges')
      .values({
        merge_id: newId('merge'),
        provider_id: this.#world.providerId,
        mode: this.#world.mode,
        player_id: playerId,
        person_id: personId,
        previous_person_id: previousPersonId,
        requested_at: this.#now,
        finished_at: null,
      })
      .execute();
  }

  async #insertVerification(
    receipt: VerificationReceipt,
    entry: VerificationEntry,
    before: PlayerIdentity | null,
  ): Promise<void> {
    const { claim, method } = entry;
    const { outcome, reason, ageBand } = receipt;
    await this.#db
      .insertInto('verifications')
      .values({
        verification_id: receipt.verificationId,
        provider_id: this.#world.providerId,
        mode: this.#world.mode,
        player_id: receipt.playerId,
        person_id: receipt.personId,
        previous_person_id: receipt.previousPersonId,
        method,
        outcome,
        reason,
        age_band: ageBand,
        assurance: claim.assurance,
        contradicts_previous: before !== null && !canBeSame(before, claim),
        claim: this.#vault.seal(identityOf(entry), receipt.verificationId),
        created_at: this.#now,
      })
      .execute();
  }
}

/** Without the national id, of which the hash is enough, and without the guardian, who is registered apart. */
function identityOf({ claim: { birthDate, bornFrom, phone } }: VerificationEntry): PlayerIdentity {
  return { birthDate, ...(bornFrom !== undefined && { bornFrom }), phone };
}

function consentOf({ consentTextVersion, consentedAt, name, phone, relationship }: Guardian): GuardianConsent {
  return {
    relationship,
    phone,
    name: name ?? null,
    consentedAt: Date.parse(consentedAt),
    textVersion: consentTextVersion ?? null,
    source: 'verification',
  };
}
