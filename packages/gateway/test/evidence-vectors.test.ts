// vectors/evidence: what any verifier has to find, found by this one.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import directories from '../../../vectors/evidence/directories.json' with { type: 'json' };
import log from '../../../vectors/evidence/log.json' with { type: 'json' };
import reports from '../../../vectors/evidence/reports.json' with { type: 'json' };
import { verifyDetached } from '../src/compliance/evidence/detached-jws.ts';
import { leafHash } from '../src/compliance/evidence/merkle.ts';
import { formatVerifierKey, keyHashOf } from '../src/compliance/evidence/signed-note.ts';
import type { Check } from '../src/compliance/evidence/verify/check.ts';
import { keyIdOf, readGivenKeys } from '../src/compliance/evidence/verify/trusted-keys.ts';
import { verifyDirectory } from '../src/compliance/evidence/verify/verify-directory.ts';
import { verifyConsistency, verifyInclusion } from '../src/compliance/evidence/verify-proof.ts';

const bytes = (text: string) => Buffer.from(text, 'base64');

test('leaves, keys, proofs and a signature', () => {
  const size = log.leaves.length;
  const root = bytes(log.roots[size]!);
  expect(log.leaves.map((leaf) => leafHash(leaf).toString('base64'))).toEqual(log.leafHashes);
  for (const { keyHash, kid, publicKey, verifierKey } of log.keys) {
    const verifier = { keyName: log.origin, publicKey: bytes(publicKey) };
    expect([keyHashOf(verifier), keyIdOf(verifier.publicKey), formatVerifierKey(verifier)]).toEqual([
      keyHash,
      kid,
      verifierKey,
    ]);
  }
  for (const { index, proof } of log.inclusion) {
    const leaf = bytes(log.leafHashes[index]!);
    expect(verifyInclusion({ index, size, leaf, root }, proof.map(bytes))).toBe(true);
  }
  for (const { from, proof, to } of log.consistency) {
    const claim = { from, to, fromRoot: bytes(log.roots[from]!), toRoot: root };
    expect(verifyConsistency(claim, proof.map(bytes))).toBe(true);
  }
  const signer = log.keys[1]!;
  const { content, jws } = log.report;
  expect(verifyDetached(jws, Buffer.from(content), () => bytes(signer.publicKey))).toBe(signer.kid);
});

interface Vector {
  readonly files: Readonly<Record<string, string | null | undefined>>;
  readonly key: string | null;
  readonly failing: readonly string[];
  readonly outcome: string;
}

/** A file that is null is not there. */
async function check({ failing, files, key, outcome }: Vector): Promise<readonly Check[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'playgate-vectors-'));
  try {
    for (const [name, content] of Object.entries(files))
      if (typeof content === 'string') await writeFile(path.join(directory, name), content);
    const keys = key === null ? [] : readGivenKeys(key);
    const verification = await verifyDirectory({ directory, keys, onProgress: () => undefined });
    const failed = verification.checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
    expect(failed.sort()).toEqual([...failing].sort());
    expect(verification.outcome).toBe(outcome);
    return verification.checks;
  } finally {
    await rm(directory, { recursive: true });
  }
}

test.each(directories)('$name', async (vector) => {
  await check(vector);
});

test.each(reports.cases)('a day of reports: $name', async ({ replaced, ...vector }) => {
  const checks = await check({ ...vector, files: { ...reports.good, ...replaced } });
  if (vector.name === 'good') expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
});
