// Which policy is in force when. Documents of one id are versions of one set of rules: among those whose dates
// cover the day, the highest version holds, so a temporary version gives way to the older one when it ends.
import { nextDate } from './calendar-date.ts';
import type { Policy } from './policy-document.ts';
import type { Instant } from './time.ts';
import { dayOfDate } from './zone.ts';

interface Tenure {
  readonly policy: Policy;
  readonly startsAt: Instant;
  /** Exclusive; null: open. */
  readonly endsAt: Instant | null;
}

/** Two policies that cannot stand in one library. */
export class PolicyConflictError extends Error {
  override readonly name = 'PolicyConflictError';
  readonly code = 'policy_conflict';
  readonly policyId: string;
  readonly conflict: 'same_version' | 'different_zone';

  constructor(policyId: string, conflict: 'same_version' | 'different_zone') {
    super(
      conflict === 'same_version'
        ? `two documents of policy ${policyId} have the same version and overlapping dates`
        : `the documents of policy ${policyId} have different zones`,
    );
    this.policyId = policyId;
    this.conflict = conflict;
  }
}

export class PolicyLibrary {
  /** By policy id, highest version first. */
  readonly #tenures: ReadonlyMap<string, readonly Tenure[]>;

  /** Throws a PolicyConflictError where versions of one id clash. */
  constructor(policies: Iterable<Policy>) {
    const tenures = new Map<string, Tenure[]>();
    for (const policy of policies) {
      const { id } = policy.document;
      const versions = tenures.get(id) ?? [];
      const tenure = tenureOf(policy);
      for (const other of versions) assertCompatible(tenure, other);
      versions.push(tenure);
      versions.sort((left, right) => right.policy.document.version - left.policy.document.version);
      tenures.set(id, versions);
    }
    this.#tenures = tenures;
  }

  /** The version of a policy that holds at an instant, or null for an unknown id or when none does. */
  inForce(policyId: string, at: Instant): Policy | null {
    return this.#tenures.get(policyId)?.find((tenure) => isWithin(tenure, at))?.policy ?? null;
  }

  /** The first instant after `at` at which `inForce` answers something else, or null. Always a local midnight. */
  nextChangeAt(policyId: string, at: Instant): Instant | null {
    const current = this.inForce(policyId, at);
    const edges = (this.#tenures.get(policyId) ?? []).flatMap(({ startsAt, endsAt }) =>
      endsAt === null ? [startsAt] : [startsAt, endsAt],
    );
    edges.sort((left, right) => left - right);
    return edges.find((edge) => edge > at && this.inForce(policyId, edge) !== current) ?? null;
  }
}

function tenureOf(policy: Policy): Tenure {
  const { zone, effectiveFrom, effectiveTo } = policy.document;
  return {
    policy,
    startsAt: dayOfDate(zone, effectiveFrom).startsAt,
    endsAt: effectiveTo === null ? null : dayOfDate(zone, nextDate(effectiveTo)).startsAt,
  };
}

function isWithin({ startsAt, endsAt }: Tenure, at: Instant): boolean {
  return startsAt <= at && (endsAt === null || at < endsAt);
}

function assertCompatible(left: Tenure, right: Tenure): void {
  const { id, version, zone } = left.policy.document;
  // Versions change at local midnight and so do allowances; with two zones a change could fall within a day.
  if (right.policy.document.zone !== zone) throw new PolicyConflictError(id, 'different_zone');
  const overlap = isWithin(left, right.startsAt) || isWithin(right, left.startsAt);
  if (right.policy.document.version === version && overlap) throw new PolicyConflictError(id, 'same_version');
}
