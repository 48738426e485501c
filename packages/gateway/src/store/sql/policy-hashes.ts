// Which text each version of a policy had, for as long as the records last: two texts under one name would make the name in
// every record worthless.
import type { Policy } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { PolicyBook } from '../../compliance/read-entry.ts';
import type { Schema } from './schema.ts';

/** A version of a policy is not the text it was when it was first used here. */
export class PolicyChangedError extends Error {
  override readonly name = 'PolicyChangedError';

  constructor(policyId: string, version: number) {
    super(
      `policy ${policyId} version ${version} has another text than the one this deployment has decided by. ` +
        'Give the changed text a version of its own, or put the old text back.',
    );
  }
}

const nameOf = (policyId: string, version: number): string => `${policyId}@${version}`;

/** Writes down the policies that are new here. Throws a PolicyChangedError for one that is not what it was. */
export async function admitPolicies(
  db: Kysely<Schema>,
  policies: { readonly all: readonly Policy[]; defaultAt(now: number): Policy },
): Promise<PolicyBook> {
  const loaded = policies.all.map(({ document, hash }) => ({
    policy_id: document.id,
    version: document.version,
    hash,
  }));
  await db
    .insertInto('policy_hashes')
    .values(loaded)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const rows = await db.selectFrom('policy_hashes').selectAll().execute();
  const hashes = new Map(rows.map(({ hash, policy_id, version }) => [nameOf(policy_id, version), hash]));
  const changed = loaded.find(({ hash, policy_id, version }) => hashes.get(nameOf(policy_id, version)) !== hash);
  if (changed !== undefined) throw new PolicyChangedError(changed.policy_id, changed.version);
  return policyBookOf(policies, hashes);
}

/** Documents of one policy have one zone. */
function policyBookOf(
  policies: { readonly all: readonly Policy[]; defaultAt(now: number): Policy },
  hashes: ReadonlyMap<string, string>,
): PolicyBook {
  const zones = new Map(policies.all.map(({ document }) => [document.id, document.zone]));
  const defaultZone = policies.defaultAt(0).document.zone;
  return {
    zoneOf: (policyId) => (policyId === null ? defaultZone : (zones.get(policyId) ?? defaultZone)),
    hashOf: (policyId, version) => hashes.get(nameOf(policyId, version)) ?? null,
  };
}
