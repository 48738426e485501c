// The command line. Without a command it serves; every other command does its work and ends. Each group has a file of its own.
import { Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config.ts';
import { WORKERS_MAX } from '../workers/worker-pool.ts';
import { addAgentsCommands } from './agents-commands.ts';
import { addEvidenceCommands } from './evidence-commands.ts';
import { addExamples } from './examples.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { addKeysCommands } from './keys-commands.ts';
import { addMigrateCommands } from './migrate-commands.ts';
import { describeOption } from './option-notes.ts';
import { addPlayersCommands } from './players-commands.ts';
import { addReconcileCommands } from './reconcile-commands.ts';
import { addRegulatorsCommands } from './regulators-commands.ts';
import { addRepartitionCommands } from './repartition-commands.ts';
import { addReportCommands } from './report-commands.ts';
import { addRetentionCommands } from './retention-commands.ts';
import { addSecretsCommands } from './secrets-commands.ts';
import { addSignInsCommands } from './sign-ins-commands.ts';
import { addStationCommands } from './station-commands.ts';
import { addVerifyCommands } from './verify-commands.ts';

export interface ServeOptions {
  /** Processes that share the port. */
  readonly workers: number;
}

export interface CommandPorts {
  readonly serve: (options: ServeOptions) => Promise<void>;
  /** Throws a ConfigError. */
  readonly readConfig: () => Config;
  readonly now: () => number;
  /** Results, a line each. */
  readonly print: (line: string) => void;
  /** Progress and advice, a line each. */
  readonly note: (line: string) => void;
}

/** Throws a CommanderError for a command line that is not understood, once it has been told. */
export function createProgram(ports: CommandPorts): Command {
  const program = new Command('playgate').description('Play-time limits for minors.');
  program.exitOverride().showHelpAfterError('(add --help for what there is)');
  program.configureHelp({ optionDescription: describeOption });
  const serve = program
    .command('serve', { isDefault: true })
    .description('run the gateway (default)')
    // What is no command comes here, and is told as that.
    .allowExcessArguments()
    .option(
      '--workers <count>',
      'processes that share the port; more than 1 need REDIS_URL and DATABASE_URL',
      readWorkers,
      1,
    )
    .action(async (options: ServeOptions) => {
      const [unknown] = serve.args;
      if (unknown === undefined) return ports.serve(options);
      program.error(`error: unknown command '${unknown}'`, {
        exitCode: EXIT_CODES.usage,
        code: 'commander.unknownCommand',
      });
    });
  addMigrateCommands(program, ports);
  addKeysCommands(program, ports);
  addSecretsCommands(program, ports);
  addSignInsCommands(program, ports);
  addAgentsCommands(program, ports);
  addStationCommands(program);
  addRegulatorsCommands(program, ports);
  addReportCommands(program, ports);
  addEvidenceCommands(program, ports);
  addVerifyCommands(program, ports);
  addReconcileCommands(program, ports);
  addRepartitionCommands(program, ports);
  addRetentionCommands(program, ports);
  addPlayersCommands(program, ports);
  addExamples(program);
  return program;
}

function readWorkers(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= WORKERS_MAX) return count;
  throw new InvalidArgumentError(`must be a whole number from 1 to ${WORKERS_MAX}`);
}

/** What a process ends with that was told so. */
export const exitCodeOf = (error: { readonly exitCode: number }): number =>
  error.exitCode === EXIT_CODES.ok ? EXIT_CODES.ok : EXIT_CODES.usage;
