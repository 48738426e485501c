// The scripts of a page: the game's own, bundled, and those of the SDK that go into script tags, as they are in the package.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';

const SCRIPT_TAGS = /^\/(playgate[a-z-]*\.global\.js)$/;
const ENTRIES = ['src/game.ts', 'src/app.tsx'];

/** Null: there is no such script. @throws Error with what is wrong in the game's sources */
export async function bundleGame(folder: string, pathname: string): Promise<Uint8Array | null> {
  const scriptTag = SCRIPT_TAGS.exec(pathname)?.[1];
  if (scriptTag !== undefined) return readFile(path.join(sdkFolder(folder), 'dist', scriptTag)).catch(() => null);
  if (pathname !== '/game.js') return null;
  const entry = ENTRIES.map((name) => path.join(folder, name)).find((name) => existsSync(name));
  if (entry === undefined) return null;
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  return outputFiles[0]?.contents ?? null;
}

const sdkFolder = (folder: string) =>
  path.dirname(createRequire(path.join(folder, 'package.json')).resolve('@playgate/sdk/package.json'));
