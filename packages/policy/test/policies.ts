import { createHash } from 'node:crypto';
import { loadPolicy, PACKS, type Policy } from '@playgate/policy';

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export function policiesById(documents: readonly unknown[]): ReadonlyMap<string, Policy> {
  return new Map(documents.map((value) => loadPolicy(value, sha256Hex)).map((policy) => [policy.document.id, policy]));
}

export const packs = policiesById(PACKS);
