// Which person an account belongs to, going by the marks of a claim; persons that turn out to be one are joined here. Runs in
// the transaction that records the claim.
import type { Instant } from '@playgate/policy';
import type { Insertable, Kysely } from 'kysely';
import { newId, newPersonIdOf } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import { joinRules, listRevisions } from './guardian-rules-rows.ts';
import { lockPerson, settleGuardians } from './guardianship-rows.ts';
import { JoinNeeded, type PersonsLock } from './lock-persons.ts';
import { addMark, contradicts, findHolder, isStronger, listMarks, type PersonMark } from './person-marks.ts';
import type { Schema } from './schema.ts';

export interface PersonQuestion {
  readonly world: World;
  readonly now: Instant;
  /** Null: an account that is not there yet. */
  readonly account: { readonly playerId: string; readonly personId: string } | null;
  /** Strongest first. */
  readonly marks: readonly PersonMark[];
  /** Of the national id among the marks, where humans are counted over providers. */
  readonly humanId: string | null;
  /** That the transaction holds. */
  readonly lock: PersonsLock;
}

export interface PersonChoice {
  readonly personId: string;
  /** Nobody is known by any mark: the caller inserts the person along with its account. */
  readonly isNew: boolean;
  /** Accounts that belonged to another person until now, the one asked about included. */
  readonly moves: readonly AccountMove[];
}

export interface AccountMove {
  readonly playerId: string;
  readonly previousPersonId: string;
}

/**
 * The strongest mark decides. Where the account's person is known by another mark of the same scope, the account alone
 * goes to the mark's person: it was filed under the wrong one. Else the two persons are one and all their accounts are
 * joined, unless a stronger mark of each says that they are two. Throws JoinNeeded where the lock does not allow for that.
 */
export async function choosePerson(db: Kysely<Schema>, question: PersonQuestion): Promise<PersonChoice> {
  const choosing = new Choosing(db, question);
  if (question.account === null) await choosing.seek();
  for (const [index, mark] of question.marks.entries()) await choosing.settle(mark, index === 0);
  return choosing.finish();
}

class Choosing {
  readonly #db: Kysely<Schema>;
  readonly #question: PersonQuestion;
  /** By account, the person of before; an account that is moved twice has come from the first. */
  readonly #moves = new Map<string, string>();
  #personId: string | null;

  constructor(db: Kysely<Schema>, question: PersonQuestion) {
    this.#db = db;
    this.#question = question;
    this.#personId = question.account?.personId ?? null;
  }

  /** A new account goes to a person who is there already, if one of its marks leads to one and no stronger one away from it. */
  async seek(): Promise<void> {
    const { marks, world } = this.#question;
    for (const [index, mark] of marks.entries()) {
      const holder = await findHolder(this.#db, world, mark);
      if (holder === null) continue;
      const held = await listMarks(this.#db, holder);
      if (marks.slice(0, index).some((stronger) => contradicts(held, stronger))) continue;
      this.#personId = holder;
      return;
    }
  }

  async settle(mark: PersonMark, isStrongest: boolean): Promise<void> {
    const holder = await findHolder(this.#db, this.#question.world, mark);
    const personId = this.#personId;
    if (personId === null) {
      this.#personId = await this.#insertMarked(mark);
      return;
    }
    if (holder === personId) return;
    const own = await listMarks(this.#db, personId);
    if (contradicts(own, mark)) {
      const isOutweighed = !isStrongest || own.some(({ kind }) => isStronger(kind, mark.kind));
      if (!isOutweighed) await this.#moveAlone(holder ?? (await this.#insertMarked(mark)));
    } else if (holder !== null) {
      await this.#join(personId, holder, mark);
    } else if (mark.kind === 'national_id' && this.#question.humanId !== null) {
      // A human's persons lie on one route, so a person made before the human was known cannot become one of them.
      await this.#join(personId, await this.#insertMarked(mark), mark);
    } else {
      // The person it already has is named, so the day's play stays in one account.
      await addMark(this.#db, { ...this.#question, mark, personId });
    }
  }

  finish(): PersonChoice {
    const personId = this.#personId;
    if (personId === null) return { personId: newId('person'), isNew: true, moves: [] };
    const moves = [...this.#moves].map(([playerId, previousPersonId]) => ({ playerId, previousPersonId }));
    return { personId, isNew: false, moves: moves.filter(({ previousPersonId }) => previousPersonId !== personId) };
  }

  async #insertMarked(mark: PersonMark): Promise<string> {
    const humanId = mark.kind === 'national_id' ? this.#question.humanId : null;
    const personId = await insertPerson(this.#db, this.#question, humanId);
    await addMark(this.#db, { ...this.#question, mark, personId });
    return personId;
  }

  /** All accounts of both become one person's: of the one with a national id, else of the one that holds the mark. */
  async #join(personId: string, holder: string, mark: PersonMark): Promise<void> {
    await this.#lock([personId, holder]);
    const marks = await listMarks(this.#db, personId);
    const others = await listMarks(this.#db, holder);
    const isAnother = others.some((other) => isStronger(other.kind, mark.kind) && contradicts(marks, other));
    if (isAnother) return;
    const isNamed = marks.some(({ kind }) => kind === 'national_id');
    const [into, from] = isNamed ? [personId, holder] : [holder, personId];
    await this.#db.updateTable('person_marks').set({ person_id: into }).where('person_id', '=', from).execute();
    await this.#move(from, into, null);
  }

  /** Accounts first, as an erasure takes them; changes to guardians and rules wait for the persons. */
  async #lock(personIds: readonly string[]): Promise<void> {
    if (this.#question.lock !== 'exclusive') return;
    const accounts = this.#db.selectFrom('players').select('player_id').where('person_id', 'in', personIds);
    await accounts.orderBy('player_id').forUpdate().execute();
    for (const personId of [...personIds].sort()) await lockPerson(this.#db, personId);
  }

  async #moveAlone(into: string): Promise<void> {
    const { playerId, personId } = this.#question.account!;
    await this.#move(personId, into, playerId);
  }

  /** `playerId` null: every account. */
  async #move(from: string, into: string, playerId: string | null): Promise<void> {
    const { lock, now } = this.#question;
    if (lock !== 'exclusive') throw new JoinNeeded();
    const [newest] = await listRevisions(this.#db, into, 1);
    let query = this.#db.updateTable('players').set({ person_id: into }).where('person_id', '=', from);
    if (playerId !== null) query = query.where('player_id', '=', playerId);
    const moved = await query.returning(['player_id', 'erased_at']).execute();
    for (const row of moved) {
      if (row.erased_at === null && !this.#moves.has(row.player_id)) this.#moves.set(row.player_id, from);
    }
    this.#personId = into;
    const playerIds = moved.map((row) => row.player_id);
    await joinRules(this.#db, { personId: into, standing: newest ?? null, joinedPlayerIds: playerIds, now });
    await settleGuardians(this.#db, into, now);
  }
}

async function insertPerson(
  db: Kysely<Schema>,
  job: Pick<PersonQuestion, 'now' | 'world'>,
  humanId: string | null,
): Promise<string> {
  const personId = humanId === null ? newId('person') : newPersonIdOf(humanId);
  await db
    .insertInto('persons')
    .values(personRow(job, personId, humanId))
    .execute();
  return personId;
}

export function personRow(
  { now, world }: Pick<PersonQuestion, 'now' | 'world'>,
  personId: string,
  humanId: string | null = null,
): Insertable<Schema['persons']> {
  return {
    person_id: personId,
    provider_id: world.providerId,
    mode: world.mode,
    national_id_hash: null,
    human_id: humanId,
    created_at: now,
  };
}
