import { defineConfig } from 'tsup';

// The contract is a source of types here: it is bundled, into the declarations too, so that nothing is left to install.
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
    entry: ['src/index.ts', 'src/browser.ts', 'src/node.ts'],
    format: 'esm',
    dts: {
      compilerOptions: {
        paths: {
          '@playgate/contract/wire': ['../contract/src/wire.ts'],
          '@playgate/policy': ['../policy/src/index.ts'],
        },
      },
    },
    clean: true,
  },
  {
    ...shared,
    entry: { playgate: 'src/browser.ts' },
    format: 'iife',
    globalName: 'Playgate',
    platform: 'browser',
    minify: true,
  },
]);
