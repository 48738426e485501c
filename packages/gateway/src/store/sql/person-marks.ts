// By what a person is recognised over several accounts, as keyed hashes: a national id (a column of the person), the subject of
// an identity source, a guardian's child. A phone or a birth date is none: twins share both.
import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { World } from '../../directory/world.ts';
import type { IdentityClaim } from '../../verification/identity-claim.ts';
import type { IdentityVault } from './identity-vault.ts';
import type { Schema } from './schema.ts';

/** Strongest first: where two marks say different persons the stronger one is believed. */
export const MARK_KINDS = ['national_id', 'subject', 'guardian_child'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

export interface PersonMark {
  readonly kind: MarkKind;
  readonly hash: string;
  /** A person has one mark of a kind and scope: another one is another person's. Null: several are fine. */
  readonly scope: string | null;
}

/** All national ids are of one scope: a person has one. */
const NATIONAL_ID_SCOPE = '';

/** What a claim says of who the person is, strongest first. */
export function marksOf(vault: IdentityVault, world: World, claim: IdentityClaim): readonly PersonMark[] {
  const { guardian, nationalId, subject } = claim;
  const marks: PersonMark[] = [];
  if (nationalId !== null) {
    marks.push({ kind: 'national_id', hash: vault.hashNationalId(world, nationalId), scope: NATIONAL_ID_SCOPE });
  }
  if (subject !== undefined) {
    const { id, issuer, isOnlyOne } = subject;
    const scope = isOnlyOne ? vault.hashSubject(world, issuer, null) : null;
    marks.push({ kind: 'subject', hash: vault.hashSubject(world, issuer, id), scope });
  }
  if (guardian?.childRef !== undefined) {
    const { childRef, phone } = guardian;
    const scope = vault.hashGuardianChild(world, phone, null);
    marks.push({ kind: 'guardian_child', hash: vault.hashGuardianChild(world, phone, childRef), scope });
  }
  return marks;
}

export async function findHolder(db: Kysely<Schema>, world: World, mark: PersonMark): Promise<string | null> {
  const row =
    mark.kind === 'national_id'
      ? await db
          .selectFrom('persons')
          .select('person_id')
          .where('provider_id', '=', world.providerId)
          .where('mode', '=', world.mode)
          .where('national_id_hash', '=', mark.hash)
          .executeTakeFirst()
      : await db
          .selectFrom('person_marks')
          .select('person_id')
          .where('provider_id', '=', world.providerId)
          .where('mode', '=', world.mode)
          .where('kind', '=', mark.kind)
          .where('mark_hash', '=', mark.hash)
          .executeTakeFirst();
  return row?.person_id ?? null;
}

export async function listMarks(db: Kysely<Schema>, personId: string): Promise<readonly PersonMark[]> {
  const person = await db
    .selectFrom('persons')
    .select('national_id_hash')
    .where('person_id', '=', personId)
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('person_marks')
    .select(['kind', 'mark_hash', 'scope_hash'])
    .where('person_id', '=', personId)
    .execute();
  const marks: PersonMark[] = rows.map((row) => ({ kind: row.kind, hash: row.mark_hash, scope: row.scope_hash }));
  const { national_id_hash: hash } = person;
  return hash === null ? marks : [{ kind: 'national_id', hash, scope: NATIONAL_ID_SCOPE }, ...marks];
}

/** Whether the marks of a person say that it is not the one a mark names. */
export function contradicts(marks: readonly PersonMark[], { hash, kind, scope }: PersonMark): boolean {
  if (scope === null) return false;
  const rivals = marks.filter((mark) => mark.kind === kind && mark.scope === scope);
  return rivals.length > 0 && rivals.every((mark) => mark.hash !== hash);
}

export function isStronger(left: MarkKind, right: MarkKind): boolean {
  return MARK_KINDS.indexOf(left) < MARK_KINDS.indexOf(right);
}

/** A neighbour has given the person another national id meanwhile; the transaction is to be tried again. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
  /** serialization_failure */
  readonly code = '40001';
}

/** A mark that nobody holds. Fails as a conflict, after which the caller looks anew, where a neighbour was quicker. */
export async function addMark(
  db: Kysely<Schema>,
  { mark, now, personId, world }: { mark: PersonMark; now: Instant; personId: string; world: World },
): Promise<void> {
  const { hash, kind, scope } = mark;
  if (kind === 'national_id') {
    const result = await db
      .updateTable('persons')
      .set({ national_id_hash: hash })
      .where('person_id', '=', personId)
      .where('national_id_hash', 'is', null)
      .executeTakeFirst();
    if (result.numUpdatedRows !== 1n) throw new Overtaken();
    return;
  }
  await db
    .insertInto('person_marks')
    .values({
      provider_id: world.providerId,
      mode: world.mode,
      kind,
      mark_hash: hash,
      scope_hash: scope,
      person_id: personId,
      created_at: now,
    })
    .execute();
}
