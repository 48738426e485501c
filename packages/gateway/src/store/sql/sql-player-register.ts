import type { AgeBand, Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { Assurance } from '../../directory/directory.ts';
import { newId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import type { Outcome, OutcomeReason } from '../../verification/assess-identity.ts';
import type { PlayerIdentity } from '../../verification/identity-claim.ts';
import type {
  PlayerRegister,
  VerificationEntry,
  VerificationReceipt,
  VerificationSummary,
} from '../../verification/player-register.ts';
import type { IdentityVault } from './identity-vault.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Schema } from './schema.ts';

interface KnownPlayer {
  readonly playerId: string;
  readonly personId: string;
  readonly identity: PlayerIdentity | null;
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
      this.#db.transaction().execute((db) => new Recording(db, this.#vault, { world, entry, now }).run()),
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
  readonly #entry: VerificationEntry;
  readonly #now: Instant;

  constructor(
    db: Kysely<Schema>,
    vault: IdentityVault,
    job: { readonly world: World; readonly entry: VerificationEntry; readonly now: Instant },
  ) {
    this.#db = db;
    this.#vault = vault;
    this.#world = job.world;
    this.#entry = job.entry;
    this.#now = job.now;
  }

  async run(): Promise<VerificationReceipt> {
    const rejected = this.#entry.outcome === 'rejected';
    const known = await this.#findPlayer();
    const personId = await this.#choosePerson(known, rejected ? null : this.#entry.claim.nationalId);
    const playerId = known?.playerId ?? (await this.#insertPlayer(personId));
    if (!rejected) await this.#updatePlayer(playerId, personId);
    const verificationId = newId('verification');
    const previousPersonId = known === null || known.personId === personId ? null : known.personId;
    const receipt = { verificationId, playerId, personId, previousPersonId };
    await this.#insertVerification(receipt, known?.identity ?? null);
    if (previousPersonId !== null) await this.#requestMerge(playerId, personId, previousPersonId);
    return receipt;
  }

  async #findPlayer(): Promise<KnownPlayer | null> {
    const row = await this.#db
      .selectFrom('players')
      .select(['player_id', 'person_id', 'identity'])
      .where('provider_id', '=', this.#world.providerId)
      .where('mode', '=', this.#world.mode)
      .where('player_ref_hash', '=', this.#vault.hashPlayerRef(this.#world, this.#entry.playerRef))
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return null;
    const identity = row.identity === null ? null : this.#vault.open(row.identity, row.player_id);
    return { playerId: row.player_id, personId: row.person_id, identity };
  }

  async #choosePerson(known: KnownPlayer | null, nationalId: string | null): Promise<string> {
    if (nationalId === null) return known?.personId ?? this.#insertPerson(null);
    const nationalIdHash = this.#vault.hashNationalId(this.#world, nationalId);
    const holder = await this.#db
      .selectFrom('persons')
      .select('person_id')
      .where('provider_id', '=', this.#world.providerId)
      .where('mode', '=', this.#world.mode)
      .where('national_id_hash', '=', nationalIdHash)
      .executeTakeFirst();
    if (holder !== undefined) return holder.person_id;
    // The first national id of a player names the person it already has, so the day's play stays in one account.
    const named = known !== null && (await this.#namePerson(known.personId, nationalIdHash));
    return named ? known.personId : this.#insertPerson(nationalIdHash);
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

  async #insertPerson(nationalIdHash: string | null): Promise<string> {
    const personId = newId('person');
    await this.#db
      .insertInto('persons')
      .values({
        person_id: personId,
        provider_id: this.#world.providerId,
        mode: this.#world.mode,
        national_id_hash: nationalIdHash,
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
        player_ref_hash: this.#vault.hashPlayerRef(this.#world, this.#entry.playerRef),
        identity: null,
        assurance: null,
        created_at: this.#now,
        updated_at: this.#now,
        erased_at: null,
      })
      .execute();
    return playerId;
  }

  async #updatePlayer(playerId: string, personId: string): Promise<void> {
    await this.#db
      .updateTable('players')
      .set({
        person_id: personId,
        identity: this.#vault.seal(identityOf(this.#entry), playerId),
        assurance: this.#entry.claim.assurance,
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

  async #insertVerification(receipt: VerificationReceipt, before: PlayerIdentity | null): Promise<void> {
    const { claim, method, outcome, reason, ageBand } = this.#entry;
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
        contradicts_previous: before !== null && before.birthDate !== claim.birthDate,
        claim: this.#vault.seal(identityOf(this.#entry), receipt.verificationId),
        created_at: this.#now,
      })
      .execute();
  }
}

/** Without the national id: its hash is all that is needed. */
function identityOf({ claim: { birthDate, phone, guardian } }: VerificationEntry): PlayerIdentity {
  return { birthDate, phone, guardian };
}
