// What the manifest of the published package must say, beyond what general tools look at.
import { deepStrictEqual } from 'node:assert';

interface Entry {
  readonly types: string;
  readonly default: string;
  readonly '@playgate/source'?: string;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | Entry>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly repository?: { readonly url?: string; readonly directory?: string };
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean };
  readonly typesVersions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly sideEffects?: boolean;
}

/** @param packed as in the tarball @param source as in the repository */
export function manifestFaults(packed: Manifest, source: Manifest): string[] {
  const faults = [
    ...Object.keys(packed.dependencies ?? {}).map((name) => `depends on ${name}`),
    ...requiredPeers(packed).map((name) => `asks for ${name}`),
  ];
  const expect = (isGood: boolean, fault: string) => void (isGood || faults.push(fault));
  expect(packed.sideEffects === false, 'does not say that it has no side effects');
  expect(source.publishConfig?.provenance === true, 'is not published with provenance');
  expect(source.publishConfig?.access === 'public', 'is not published to everybody');
  expect(packed.repository?.url?.startsWith('git+https://') === true, 'names no repository for its provenance');
  expect(packed.repository?.directory !== undefined, 'names no folder of its repository');
  expect(isSame(packed.exports, withoutSources(source)), 'publishConfig.exports are not the exports without sources');
  expect(
    isSame(packed.typesVersions?.['*'] ?? {}, typesByPath(packed)),
    'typesVersions are not the types of the exports',
  );
  return faults.map((fault) => `package.json: ${fault}`);
}

function requiredPeers({ peerDependencies = {}, peerDependenciesMeta = {} }: Manifest): string[] {
  return Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
}

function withoutSources({ exports }: Manifest): Manifest['exports'] {
  const entries = Object.entries(exports).map(([name, entry]) => {
    if (typeof entry === 'string') return [name, entry] as const;
    return [name, { types: entry.types, default: entry.default }] as const;
  });
  return Object.fromEntries(entries);
}

/** For the resolution of TypeScript that knows no `exports`. */
function typesByPath({ exports }: Manifest): Record<string, readonly string[]> {
  const entries = Object.entries(exports).flatMap(([name, entry]) => {
    return name === '.' || typeof entry === 'string' ? [] : [[name.slice('./'.length), [entry.types]] as const];
  });
  return Object.fromEntries(entries);
}

function isSame(left: unknown, right: unknown): boolean {
  try {
    deepStrictEqual(left, right);
    return true;
  } catch {
    return false;
  }
}
