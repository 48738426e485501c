// `playgate migrate`: a gateway brings its database up to date when it starts; this does it before, or only looks.
import type { Command } from 'commander';
import { listMigrations, type MigrationState } from '../store/sql/migrate.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { withDatabase } from './open-stores.ts';
import type { CommandPorts } from './program.ts';

interface StatusOptions {
  readonly json: boolean;
}

export function addMigrateCommands(program: Command, ports: CommandPorts): void {
  const migrate = program.command('migrate').description('the schema of the database');
  migrate
    .command('apply')
    .description('bring the schema up to date, as the start of a gateway does')
    .action(async () => {
      await withDatabase(ports.readConfig(), async ({ db }) => {
        const states = await listMigrations(db);
        ports.print(`the database is at ${states.findLast(({ isApplied }) => isApplied)?.name}`);
      });
    });
  migrate
    .command('status')
    .description('tell which migrations are applied and which wait; changes nothing')
    .option('--json', 'print the list as JSON', false)
    .action((options: StatusOptions) => status(ports, options));
}

async function status({ print, readConfig }: CommandPorts, { json }: StatusOptions): Promise<void> {
  const states = await withDatabase(readConfig(), ({ db }) => listMigrations(db), { migrates: false });
  if (json) print(JSON.stringify(states, null, 2));
  else for (const { isApplied, name } of states) print(`${isApplied ? 'applied' : 'waiting'}  ${name}`);
  if (states.some(({ isApplied }: MigrationState) => !isApplied)) process.exitCode = EXIT_CODES.no;
}
