import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/** Addresses of the modules that Node loads for one import, in a process of its own. */
async function modulesLoadedBy(file: string): Promise<readonly string[]> {
  const program = `
    import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, nextLoad) { console.log(url); return nextLoad(url, context); } });
    await import(${JSON.stringify(new URL(file, import.meta.url).href)});
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@playgate/source', '--input-type=module', '--eval', program],
    { cwd: fileURLToPath(new URL('..', import.meta.url)) },
  );
  return stdout.trim().split('\n');
}

describe('wire.ts', () => {
  it('loads no zod and nothing else from node_modules', async () => {
    const modules = await modulesLoadedBy('./wire.ts');
    expect(modules).toContainEqual(expect.stringMatching(/\/contract\/src\/errors\.ts$/));
    expect(modules.filter((url) => url.includes('/node_modules/'))).toEqual([]);
  });

  it('would be caught: the full entry does load zod', async () => {
    expect(await modulesLoadedBy('./index.ts')).toContainEqual(expect.stringContaining('/node_modules/zod/'));
  });
});
