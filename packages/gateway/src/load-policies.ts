// The policies of a deployment: the packs that ship, and the documents of a folder.
import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Instant, loadPolicy, PACKS, type Policy, PolicyLibrary } from '@playgate/policy';
import { ConfigError } from './config.ts';

export interface Policies {
  readonly library: PolicyLibrary;
  /** Every document that was loaded. */
  readonly all: readonly Policy[];
  has(policyId: string): boolean;
  /** A policy limits play over all providers, so humans have to be told apart across them. Off unless a document says so. */
  readonly countsHumans: boolean;
  /** The default policy as in force at an instant; before its first version, that version. */
  defaultAt(now: Instant): Policy;
}

/** Throws a ConfigError that names the file or setting at fault. */
export async function loadPolicies(policyId: string, policyDir: string | null): Promise<Policies> {
  const policies = [...PACKS.map(load), ...(policyDir === null ? [] : await loadFolder(policyDir))];
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

const load = (value: unknown): Policy => loadPolicy(value, (text) => hash('sha256', text));

function build(policies: readonly Policy[]): PolicyLibrary {
  try {
    return new PolicyLibrary(policies);
  } catch (error) {
    throw new ConfigError([`PLAYGATE_POLICY_DIR: ${(error as Error).message}`]);
  }
}

async function loadFolder(policyDir: string): Promise<Policy[]> {
  const names = await readdir(policyDir).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([`PLAYGATE_POLICY_DIR: cannot be read (${error.code})`]);
  });
  const files = names.filter((name) => name.endsWith('.json')).sort();
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
