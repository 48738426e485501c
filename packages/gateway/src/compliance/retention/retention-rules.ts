// How long each class of data is kept: as the policies of the deployment say, and where none does as this file says.
import { type Policy, RETENTION_CLASSES, type RetentionClass, type Sourced } from '@playgate/policy';

export interface RetentionRule extends Sourced {
  readonly dataClass: RetentionClass;
  readonly keepDays: number;
}

/** Events of test worlds are no evidence: long enough to look at a test of last month. */
export const TEST_WORLD_KEEP_DAYS = 30;

const own = (keepDays: number, why: string) => ({ keepDays, cite: why, verified: true });

const DEFAULTS: Readonly<Record<RetentionClass, Omit<RetentionRule, 'dataClass'>>> = {
  evidence: own(400, 'Set by the product: longer than a year, within which most acts can still be sanctioned'),
  identity: own(184, 'Set by the product: half a year after the last use'),
  access_log: own(400, 'Set by the product: as long as the evidence that was read'),
  staff_notes: own(184, 'Set by the product: half a year, for complaints'),
  sign_ins: own(90, 'Set by the product: over for a season'),
  pending_verifications: own(7, 'Set by the product: no use once it ran out'),
  idempotency_keys: own(2, 'Set by the product: a retry comes within a day'),
};

/** One rule per class; where policies differ, the longest time. */
export function retentionRules(policies: readonly Policy[]): readonly RetentionRule[] {
  const stated = policies.flatMap(({ document }) => document.retention);
  return RETENTION_CLASSES.map((dataClass) => {
    const ofClass = stated.filter((rule) => rule.dataClass === dataClass);
    const [longest] = [...ofClass].sort((left, right) => right.keepDays - left.keepDays);
    if (longest === undefined) return { dataClass, ...DEFAULTS[dataClass] };
    const { cite, keepDays, verified } = longest;
    return { dataClass, keepDays, cite, verified };
  });
}
