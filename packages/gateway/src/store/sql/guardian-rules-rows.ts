// What guardians tightened, as rows that only grow. They are filed under an account and hold for the person behind it.
import { canonicalJson, type GuardianRules, type Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { RulesRevision } from '../../guardians/guardian-register.ts';
import { stricterRules } from '../../guardians/stricter-rules.ts';
import { accountsOf } from './guardianship-rows.ts';
import type { Schema } from './schema.ts';

/** Newest first. */
export async function listRevisions(db: Kysely<Schema>, personId: string, countMax: number): Promise<RulesRevision[]> {
  const rows = await selectRevisions(db).where('player_id', 'in', accountsOf(db, personId)).limit(countMax).execute();
  return rows.map(readRevision);
}

export async function insertRevision(
  db: Kysely<Schema>,
  playerId: string,
  { author, guardianId, rules, setAt, version }: RulesRevision & { readonly guardianId: string | null },
): Promise<void> {
  await db
    .insertInto('guardian_rules')
    .values({
      player_id: playerId,
      version,
      rules: JSON.stringify(rules),
      author,
      guardian_id: guardianId,
      set_at: setAt,
    })
    .execute();
}

export interface JoinedRules {
  readonly personId: string;
  /** The newest of the person before the accounts joined it. */
  readonly standing: RulesRevision | null;
  readonly joinedPlayerIds: readonly string[];
  readonly now: Instant;
}

/**
 * Where rules came with accounts to a person that has its own, the stricter of each hold from now on: as a revision of the
 * provider, whose verification showed that the two are one.
 */
export async function joinRules(db: Kysely<Schema>, joined: JoinedRules): Promise<void> {
  const { joinedPlayerIds, now, personId, standing } = joined;
  if (standing === null || joinedPlayerIds.length === 0) return;
  const row = await selectRevisions(db).where('player_id', 'in', joinedPlayerIds).limit(1).executeTakeFirst();
  if (row === undefined) return;
  const brought = readRevision(row);
  const rules = stricterRules(standing.rules, brought.rules, now);
  const [newest] = await listRevisions(db, personId, 1);
  if (isSameRules(newest!.rules, rules)) return;
  const version = Math.max(standing.version, brought.version) + 1;
  const revision = { version, rules, author: 'provider', guardianId: null, setAt: now } as const;
  await insertRevision(db, row.player_id, revision);
}

export function isSameRules(left: GuardianRules, right: GuardianRules): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

function selectRevisions(db: Kysely<Schema>) {
  return db
    .selectFrom('guardian_rules')
    .select(['player_id', 'version', 'rules', 'author', 'set_at'])
    .orderBy('revision_no', 'desc');
}

type RevisionRow = Pick<RulesRevision, 'version' | 'rules' | 'author'> & { readonly set_at: Instant };

function readRevision({ author, rules, set_at, version }: RevisionRow): RulesRevision {
  return { version, rules, author, setAt: set_at };
}
