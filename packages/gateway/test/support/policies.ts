import { createHash } from 'node:crypto';
import { loadPolicy, PACKS, type Policy, PolicyLibrary } from '@playgate/policy';

const library = new PolicyLibrary(
  PACKS.map((pack) => loadPolicy(pack, (text) => createHash('sha256').update(text).digest('hex'))),
);

/** The Vietnamese pack as in force at an instant. */
export function vietnamAt(at: number): Policy {
  const policy = library.inForce('vn-147-2024', at);
  if (policy === null) throw new Error('no Vietnamese policy is in force then');
  return policy;
}

/** All packs of the product. */
export const packLibrary = library;
