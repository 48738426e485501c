import { execFileSync } from 'node:child_process';
import { defineConfig } from 'tsup';

// The contract is a source of types here: it is bundled, into the declarations too, written out in full there, so that nothing
// is left to install.
execFileSync(process.execPath, ['scripts/write-wire-types.ts'], { cwd: import.meta.dirname, stdio: 'inherit' });

const shared = {
  target: 'es2022',
  platform: 'neutral',
  sourcemap: true,
  treeshake: true,
  noExternal: [/^@playgate\//],
  esbuildOptions: (options: { conditions?: string[] }) => {
    options.conditions = ['@playgate/source'];
  },
} as const;

export default defineConfig([
  {
    ...shared,
    entry: [
      'src/index.ts',
      'src/browser.ts',
      'src/compat.ts',
      'src/node.ts',
      'src/overlay.ts',
      'src/server.ts',
      'src/testing.ts',
    ],
    format: 'esm',
    dts: {
      compilerOptions: {
        paths: {
          '@playgate/contract/wire': ['./.cache/wire.d.ts'],
          '@playgate/policy': ['../policy/src/index.ts'],
        },
      },
    },
    clean: true,
  },
  {
    ...shared,
    entry: { playgate: 'src/global.ts' },
    format: 'iife',
    globalName: 'Playgate',
    platform: 'browser',
    minify: true,
  },
  {
    ...shared,
    entry: { 'playgate-overlay': 'src/overlay.ts' },
    format: 'iife',
    globalName: 'PlaygateOverlay',
    platform: 'browser',
    minify: true,
  },
  {
    ...shared,
    entry: { 'playgate-tabs': 'src/tabs/browser-tabs.ts' },
    format: 'iife',
    globalName: 'PlaygateTabs',
    platform: 'browser',
    minify: true,
  },
]);
