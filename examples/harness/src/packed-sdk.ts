// The SDK as a registry would give it: its tarball, unpacked.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../../..');
const SDK = path.join(ROOT, 'packages/sdk');
const CACHE = path.join(ROOT, 'node_modules/.cache/playgate-sdk-packed');

/** Its folder; packed once for each build. @throws Error when the SDK is not built */
export function packedSdk(): string {
  const packed = path.join(CACHE, fingerprint());
  if (existsSync(packed)) return packed;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(path.join(CACHE, '.packing-'));
  try {
    const file = path.join(work, 'sdk.tgz');
    execFileSync('pnpm', ['pack', '--out', file], { cwd: SDK, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('tar', ['-xzf', file, '-C', work]);
    renameSync(path.join(work, 'package'), packed);
  } catch (error) {
    // Another test was first.
    if (!existsSync(packed)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return packed;
}

function fingerprint(): string {
  const dist = path.join(SDK, 'dist');
  if (!existsSync(dist)) throw new Error('the SDK is not built: npm run build');
  const files = readdirSync(dist).filter((name) => !name.endsWith('.map'));
  const hash = createHash('sha256').update(readFileSync(path.join(SDK, 'package.json')));
  for (const name of files.sort()) hash.update(`\0${name}\0`).update(readFileSync(path.join(dist, name)));
  return hash.digest('hex').slice(0, 16);
}
