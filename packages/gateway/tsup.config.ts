import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/main.ts'],
  format: 'esm',
  target: 'node24',
  platform: 'node',
  clean: true,
  sourcemap: true,
  // Workspace packages are bundled from their sources; libraries stay in node_modules.
  noExternal: [/^@playgate\/(policy|contract)/],
  esbuildOptions: (options) => {
    options.conditions = ['@playgate/source', 'import'];
  },
});
