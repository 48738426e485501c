import { defineConfig } from 'tsup';

// Nothing is left to install: it runs with npx.
export default defineConfig({
  entry: ['src/index.ts', 'src/cli.ts'],
  format: 'esm',
  target: 'node22',
  platform: 'node',
  clean: true,
  sourcemap: true,
  noExternal: [/^@playgate\//, 'jose'],
  esbuildOptions: (options) => {
    options.conditions = ['@playgate/source'];
  },
  dts: { entry: 'src/index.ts' },
});
