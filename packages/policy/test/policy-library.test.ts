import { formatInstant, type Policy, PolicyConflictError, PolicyLibrary, parseInstant } from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import { packs } from './policies.ts';

const vietnam = packs.get('vn-147-2024')!;

function version(number: number, effectiveFrom: string, effectiveTo: string | null, zone = 'Asia/Ho_Chi_Minh'): Policy {
  const document = { ...vietnam.document, id: 'rules', version: number, effectiveFrom, effectiveTo, zone };
  return { document, hash: `${number} ${effectiveFrom}` };
}

function versionAt(library: PolicyLibrary, at: string): number | null {
  return library.inForce('rules', parseInstant(at)!)?.document.version ?? null;
}

function changesFrom(library: PolicyLibrary, at: string): readonly string[] {
  const changes: string[] = [];
  let next = library.nextChangeAt('rules', parseInstant(at)!);
  while (next !== null) {
    changes.push(formatInstant(next));
    next = library.nextChangeAt('rules', next);
  }
  return changes;
}

describe('a policy library', () => {
  it('changes versions at local midnight', () => {
    const library = new PolicyLibrary([version(2, '2026-07-01', null), version(1, '2025-01-01', null)]);
    expect(versionAt(library, '2024-12-31T16:59:59.999Z')).toBeNull();
    expect(versionAt(library, '2024-12-31T17:00:00.000Z')).toBe(1);
    expect(versionAt(library, '2026-06-30T16:59:59.999Z')).toBe(1);
    expect(versionAt(library, '2026-06-30T17:00:00.000Z')).toBe(2);
    expect(changesFrom(library, '2020-01-01T00:00:00.000Z')).toEqual([
      '2024-12-31T17:00:00.000Z',
      '2026-06-30T17:00:00.000Z',
    ]);
  });

  it('goes back to the older version when a temporary one has had its last day', () => {
    const library = new PolicyLibrary([version(1, '2025-01-01', null), version(2, '2026-07-01', '2026-07-31')]);
    expect(versionAt(library, '2026-07-31T16:59:59.999Z')).toBe(2);
    expect(versionAt(library, '2026-07-31T17:00:00.000Z')).toBe(1);
    expect(changesFrom(library, '2026-01-01T00:00:00.000Z')).toEqual([
      '2026-06-30T17:00:00.000Z',
      '2026-07-31T17:00:00.000Z',
    ]);
  });

  it('tells only changes of what is in force', () => {
    const library = new PolicyLibrary([version(3, '2025-01-01', null), version(2, '2026-01-01', '2026-02-01')]);
    expect(changesFrom(library, '2025-06-01T00:00:00.000Z')).toEqual([]);
  });

  it('ends with the last day of the last version', () => {
    const library = new PolicyLibrary([version(1, '2025-01-01', '2025-12-31')]);
    expect(versionAt(library, '2025-12-31T17:00:00.000Z')).toBeNull();
    expect(changesFrom(library, '2025-06-01T00:00:00.000Z')).toEqual(['2025-12-31T17:00:00.000Z']);
  });

  it('knows nothing of an unknown id', () => {
    const library = new PolicyLibrary([]);
    expect(library.inForce('rules', 0)).toBeNull();
    expect(library.nextChangeAt('rules', 0)).toBeNull();
  });

  it('refuses one version twice, where the dates overlap', () => {
    const first = version(1, '2025-01-01', '2025-12-31');
    expect(() => new PolicyLibrary([first, version(1, '2025-12-31', null)])).toThrow(PolicyConflictError);
    expect(() => new PolicyLibrary([first, version(1, '2026-01-01', null)])).not.toThrow();
  });

  it('refuses versions in different zones', () => {
    const other = version(2, '2026-01-01', null, 'Asia/Bangkok');
    expect(() => new PolicyLibrary([version(1, '2025-01-01', null), other])).toThrow(PolicyConflictError);
  });

  it('holds all packs', () => {
    const library = new PolicyLibrary(packs.values());
    for (const [policyId, policy] of packs) {
      expect(library.inForce(policyId, parseInstant('2026-03-02T08:00:00.000Z')!)).toBe(policy);
    }
  });
});
