import { execFileSync } from 'node:child_process';
import { defineConfig } from 'tsup';

const shared = {
  format: 'esm',
  target: 'node24',
  platform: 'node',
  sourcemap: true,
  // Workspace packages are bundled from their sources; libraries stay in node_modules.
  noExternal: [/^@playgate\/(policy|contract|sdk)/],
  esbuildOptions: (options: { conditions?: string[] }) => {
    options.conditions = ['@playgate/source', 'import'];
  },
} as const;

export default defineConfig([
  {
    ...shared,
    // The worker of the embedded database is a file of its own beside the bundle.
    entry: { main: 'src/main.ts', 'pglite-worker': 'src/store/sql/pglite-worker.ts' },
    clean: true,
    // An empty database for first starts: making one takes seconds, unpacking one does not.
    onSuccess: async () => {
      const script = [
        '--conditions=@playgate/source',
        'scripts/write-database-template.ts',
        'dist/pglite-template.tar.gz',
      ];
      execFileSync(process.execPath, script, { stdio: 'inherit' });
    },
  },
  // Apart: in chunks shared with it, main.ts would no longer be the main module.
  { ...shared, entry: { local: 'src/local.ts' }, splitting: false },
]);
