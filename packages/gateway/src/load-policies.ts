// The policies of a deployment: the packs that ship, and the documents of a folder, which may change while it runs.
import { hash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Instant, loadPolicy, PACKS, type Policy, PolicyLibrary } from '@playgate/policy';
import { ConfigError } from './config.ts';

export interface Policies {
  /** The same object for good; what it answers follows `replace`. */
  readonly library: PolicyLibrary;
  /** Every document that was loaded. */
  readonly all: readonly Policy[];
  has(policyId: string): boolean;
  /** A policy limits play over all providers, so humans have to be told apart across them. Off unless a document says so. */
  readonly countsHumans: boolean;
  /** The default policy as in force at an instant; before its first version, that version. */
  defaultAt(now: Instant): Policy;
  /** What the folder holds now; null: what is loaded. Throws a ConfigError that names the file at fault, once for each change. */
  readChanged(): Promise<PolicySet | null>;
  /** Decides by `next` from now on. Returns the ids of the policies that are not what they were. */
  replace(next: PolicySet): readonly string[];
}

/** Policies that can stand together. */
export type PolicySet = Pick<Policies, 'library' | 'all' | 'has' | 'countsHumans' | 'defaultAt'>;

/** Throws a ConfigError that names the file or setting at fault. */
export async function loadPolicies(policyId: string, policyDir: string | null): Promise<Policies> {
  const look = async () => policySet(policyId, policyDir === null ? [] : await loadFolder(policyDir));
  // Before the documents, so that one that changes meanwhile is read again.
  let stamp = policyDir === null ? '' : await stampOf(policyDir);
  let current = await look();
  const library = new LiveLibrary(current.library);
  return {
    library,
    get all() {
      return current.all;
    },
    get countsHumans() {
      return current.countsHumans;
    },
    has: (id) => current.has(id),
    defaultAt: (now) => current.defaultAt(now),
    readChanged: async () => {
      if (policyDir === null) return null;
      const seen = await stampOf(policyDir);
      if (seen === stamp) return null;
      stamp = seen;
      const next = await look();
      return changedPolicies(current.all, next.all).length === 0 ? null : next;
    },
    replace: (next) => {
      const changed = changedPolicies(current.all, next.all);
      current = next;
      library.current = next.library;
      return changed;
    },
  };
}

function policySet(policyId: string, ofFolder: readonly Policy[]): PolicySet {
  const policies = [...PACKS.map(load), ...ofFolder];
  const versions = policies
    .filter(({ document }) => document.id === policyId)
    .sort((left, right) => (left.document.effectiveFrom < right.document.effectiveFrom ? -1 : 1));
  const first = versions[0];
  const ids = new Set(policies.map(({ document }) => document.id));
  if (first === undefined) {
    throw new ConfigError([`PLAYGATE_POLICY: there is no such policy; there are: ${[...ids].join(', ')}`]);
  }
  const library = build(policies);
  return {
    library,
    all: policies,
    has: (id) => ids.has(id),
    countsHumans: policies.some(({ document }) => document.budgets.some(({ scope }) => scope === 'person')),
    defaultAt: (now) => library.inForce(policyId, now) ?? first,
  };
}

/** Whoever was given a library keeps it: this one answers as the newest does. */
class LiveLibrary extends PolicyLibrary {
  current: PolicyLibrary;

  constructor(current: PolicyLibrary) {
    super([]);
    this.current = current;
  }

  override inForce(policyId: string, at: Instant): Policy | null {
    return this.current.inForce(policyId, at);
  }

  override nextChangeAt(policyId: string, at: Instant): Instant | null {
    return this.current.nextChangeAt(policyId, at);
  }
}

/** Ids of which a document came, went or is another. */
function changedPolicies(before: readonly Policy[], after: readonly Policy[]): readonly string[] {
  const only = (some: readonly Policy[], others: readonly Policy[]) => {
    const hashes = new Set(others.map((policy) => policy.hash));
    return some.filter((policy) => !hashes.has(policy.hash)).map(({ document }) => document.id);
  };
  return [...new Set([...only(before, after), ...only(after, before)])];
}

const load = (value: unknown): Policy => loadPolicy(value, (text) => hash('sha256', text));

function build(policies: readonly Policy[]): PolicyLibrary {
  try {
    return new PolicyLibrary(policies);
  } catch (error) {
    throw new ConfigError([`PLAYGATE_POLICY_DIR: ${(error as Error).message}`]);
  }
}

async function documentsOf(policyDir: string): Promise<readonly string[]> {
  const names = await readdir(policyDir).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([`PLAYGATE_POLICY_DIR: cannot be read (${error.code})`]);
  });
  return names.filter((name) => name.endsWith('.json')).sort();
}

/** Another one once a document of the folder is. */
async function stampOf(policyDir: string): Promise<string> {
  const names = await documentsOf(policyDir);
  const stamps = names.map(async (name) => {
    // One that goes meanwhile is missed by the next look.
    const file = await stat(path.join(policyDir, name)).catch(() => null);
    return `${name} ${file?.ino} ${file?.mtimeMs} ${file?.size}`;
  });
  return (await Promise.all(stamps)).join('\n');
}

async function loadFolder(policyDir: string): Promise<Policy[]> {
  const files = await documentsOf(policyDir);
  return Promise.all(
    files.map(async (name) => {
      try {
        return load(JSON.parse(await readFile(path.join(policyDir, name), 'utf8')));
      } catch (error) {
        throw new ConfigError([`PLAYGATE_POLICY_DIR: ${name}: ${(error as Error).message}`]);
      }
    }),
  );
}
