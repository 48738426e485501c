import type { AgeBand, Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { Assurance } from '../../directory/directory.ts';
import { newId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import type { Child, GuardianConsent } from '../../guardians/guardian-register.ts';
import type { Assessment, Outcome, OutcomeReason } from '../../verification/assess-identity.ts';
import { assuranceOf, canBeSame } from '../../verification/combine-sources.ts';
import type { Guardian, IdentityClaim, PlayerIdentity } from '../../verification/identity-claim.ts';
import type {
  PlayerRegister,
  VerificationEntry,
  VerificationReceipt,
  VerificationSummary,
} from '../../verification/player-register.ts';
import { type AccountMove, choosePerson, type PersonChoice, personRow } from './choose-person.ts';
import { findStanding, registerGuardianship } from './guardianship-rows.ts';
import type { IdentityVault } from './identity-vault.ts';
import { JoinNeeded, lockPersonsOf, type PersonsLock } from './lock-persons.ts';
import { marksOf } from './person-marks.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Schema } from './schema.ts';
import { markStatusWith } from './status-marks.ts';

interface KnownPlayer {
  readonly playerId: string;
  readonly personId: string;
  readonly identity: PlayerIdentity | null;
}

/** Whose claim is recorded, and when. */
interface Job {
  readonly world: World;
  readonly playerRef: string;
  readonly now: Instant;
  readonly lock: PersonsLock;
}

/** Where an account is after the claim. */
type Placed = Pick<VerificationReceipt, 'playerId' | 'personId' | 'isMergePending'>;

export class SqlPlayerRegister implements PlayerRegister {
  readonly #db: Kysely<Schema>;
  readonly #vault: IdentityVault;

  constructor(db: Kysely<Schema>, vault: IdentityVault) {
    this.#db = db;
    this.#vault = vault;
  }

  async record(world: World, entry: VerificationEntry, now: Instant): Promise<VerificationReceipt> {
    const { playerRef } = entry;
    const attempt = (lock: PersonsLock) => this.#transact({ world, playerRef, now, lock }, (job) => job.run(entry));
    try {
      return await attempt('shared');
    } catch (error) {
      if (error instanceof JoinNeeded) return attempt('exclusive');
      throw error;
    }
  }

  admit(world: World, playerRef: string, now: Instant): Promise<string> {
    return this.#transact({ world, playerRef, now, lock: 'shared' }, (recording) => recording.admit());
  }

  #transact<Result>(job: Job, run: (recording: Recording) => Promise<Result>): Promise<Result> {
    return retryOnConflict(() =>
      this.#db.transaction().execute(async (db) => {
        await lockPersonsOf(db, job.world, job.lock);
        return run(new Recording(db, this.#vault, job));
      }),
    );
  }

  async findVerification(world: World, verificationId: string): Promise<VerificationSummary | null> {
    const row = await this.#db
      .selectFrom('verifications')
      .select(['player_id', 'method', 'outcome', 'reason', 'age_band', 'assurance'])
      .where('verification_id', '=', verificationId)
      .where('provider_id', '=', world.providerId)
      .where('mode', '=', world.mode)
      .executeTakeFirst();
    if (row === undefined) return null;
    return {
      verificationId,
      playerId: row.player_id,
      method: row.method,
      outcome: row.outcome as Outcome,
      reason: row.reason as OutcomeReason | null,
      ageBand: row.age_band as AgeBand | null,
      assurance: row.assurance as Assurance,
    };
  }
}

/**
 * One attempt to record, inside its transaction. It reads first and inserts plainly after: where a neighbour was
 * quicker the unique constraints (playerRef, marks of a person) end the attempt, and the next one finds the neighbour's row.
 */
class Recording {
  readonly #db: Kysely<Schema>;
  readonly #vault: IdentityVault;
  readonly #job: Job;

  constructor(db: Kysely<Schema>, vault: IdentityVault, job: Job) {
    this.#db = db;
    this.#vault = vault;
    this.#job = job;
  }

  async run(entry: VerificationEntry): Promise<VerificationReceipt> {
    const known = await this.#findPlayer();
    const { identity: accepted, ...rejection } = entry.judge(known?.identity ?? null, false);
    if (accepted === null) return this.#keep(entry, known, rejection, await this.#admit(known));
    const { isNew, moves, personId } = await this.#choosePerson(known, entry.claim);
    const playerId = known?.playerId ?? (await this.#insertPlayer(personId, isNew, accepted));
    const isGuarded = await this.#registerGuardian({ personId, playerId }, entry.claim.guardian);
    const { identity, ...assessment } = entry.judge(known?.identity ?? null, isGuarded);
    await this.#updatePlayer(playerId, identity ?? accepted);
    for (const move of moves) await this.#requestMerge(personId, move);
    return this.#keep(entry, known, assessment, { playerId, personId, isMergePending: moves.length > 0 });
  }

  async admit(): Promise<string> {
    return (await this.#admit(await this.#findPlayer())).playerId;
  }

  async #admit(known: KnownPlayer | null): Promise<Placed> {
    if (known !== null) return { playerId: known.playerId, personId: known.personId, isMergePending: false };
    const personId = newId('person');
    const playerId = await this.#insertPlayer(personId, true, null);
    return { playerId, personId, isMergePending: false };
  }

  async #keep(
    entry: VerificationEntry,
    known: KnownPlayer | null,
    assessment: Assessment,
    placed: Placed,
  ): Promise<VerificationReceipt> {
    const verificationId = entry.verificationId ?? newId('verification');
    const previousPersonId = known === null || known.personId === placed.personId ? null : known.personId;
    const receipt = { verificationId, ...placed, previousPersonId, ...assessment };
    const verification = this.#insertVerification(receipt, entry, known?.identity ?? null);
    await markStatusWith(this.#db, placed.personId, verification);
    return receipt;
  }

  /** Whether a guardian stands for the child after that. */
  async #registerGuardian(child: Child, offered: Guardian | null): Promise<boolean> {
    if (offered !== null) {
      const entry = { consent: consentOf(offered), now: this.#job.now };
      await registerGuardianship(this.#db, this.#vault, { ...child, world: this.#job.world }, entry);
    }
    return (await findStanding(this.#db, child.personId)) !== null;
  }

  #choosePerson(account: KnownPlayer | null, claim: IdentityClaim): Promise<PersonChoice> {
    const { nationalId } = claim;
    return choosePerson(this.#db, {
      world: this.#job.world,
      now: this.#job.now,
      account,
      marks: marksOf(this.#vault, this.#job.world, claim),
      lock: this.#job.lock,
      humanId: nationalId === null ? null : this.#vault.humanIdOf(this.#job.world, nationalId),
    });
  }

  async #findPlayer(): Promise<KnownPlayer | null> {
    const row = await this.#db
      .selectFrom('players')
      .select(['player_id', 'person_id', 'identity'])
      .where('provider_id', '=', this.#job.world.providerId)
      .where('mode', '=', this.#job.world.mode)
      .where('player_ref_hash', '=', this.#vault.hashPlayerRef(this.#job.world, this.#job.playerRef))
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return null;
    const identity = row.identity === null ? null : this.#vault.open(row.identity, row.player_id);
    return { playerId: row.player_id, personId: row.person_id, identity };
  }

  /** `withPerson`: the person too, in the same statement. */
  async #insertPlayer(personId: string, withPerson: boolean, identity: PlayerIdentity | null): Promise<string> {
    const { now, playerRef, world } = this.#job;
    const playerId = newId('player');
    const row = {
      player_id: playerId,
      provider_id: world.providerId,
      mode: world.mode,
      person_id: personId,
      player_ref_hash: this.#vault.hashPlayerRef(world, playerRef),
      ...this.#identityColumns(playerId, identity),
      created_at: now,
      updated_at: now,
      erased_at: null,
      provisional_from_at: null,
    };
    if (withPerson) {
      const person = personRow(this.#job, personId);
      await this.#db
        .with('person', (db) => db.insertInto('persons').values(person))
        .insertInto('players')
        .values(row)
        .execute();
    } else {
      await this.#db.insertInto('players').values(row).execute();
    }
    return playerId;
  }

  #identityColumns(playerId: string, identity: PlayerIdentity | null) {
    if (identity === null) return { identity: null, assurance: null };
    return { identity: this.#vault.seal(identity, playerId), assurance: assuranceOf(identity) };
  }

  async #updatePlayer(playerId: string, identity: PlayerIdentity): Promise<void> {
    await this.#db
      .updateTable('players')
      .set({ ...this.#identityColumns(playerId, identity), updated_at: this.#job.now })
      .where('player_id', '=', playerId)
      .execute();
  }

  /** In this transaction, so that no crash can lose the day played so far. */
  async #requestMerge(personId: string, { playerId, previousPersonId }: AccountMove): Promise<void> {
    await this.#db
      .insertInto('person_merges')
      .values({
        merge_id: newId('merge'),
        provider_id: this.#job.world.providerId,
        mode: this.#job.world.mode,
        player_id: playerId,
        person_id: personId,
        previous_person_id: previousPersonId,
        requested_at: this.#job.now,
        finished_at: null,
      })
      .execute();
  }

  #insertVerification(receipt: VerificationReceipt, entry: VerificationEntry, before: PlayerIdentity | null) {
    const { claim, method } = entry;
    const { outcome, reason, ageBand } = receipt;
    return this.#db.insertInto('verifications').values({
      verification_id: receipt.verificationId,
      provider_id: this.#job.world.providerId,
      mode: this.#job.world.mode,
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
      created_at: this.#job.now,
    });
  }
}

/** Without what only names a person, of which hashes are enough, and without the guardian, who is registered apart. */
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
