import { execFileSync } from 'node:child_process';
import { defineConfig } from 'tsup';

export default defineConfig({
  // The worker of the embedded database is a file of its own beside the bundle.
  entry: { main: 'src/main.ts', 'pglite-worker': 'src/store/sql/pglite-worker.ts' },
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
  // An empty database for first starts: making one takes seconds, unpacking one does not.
  onSuccess: async () => {
    const script = [
      '--conditions=@playgate/source',
      'scripts/write-database-template.ts',
      'dist/pglite-template.tar.gz',
    ];
    execFileSync(process.execPath, script, { stdio: 'inherit' });
  },
});
