// The command line. Without a command it serves; every other command does its work on the stores and ends.
import { Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config.ts';
import { exportPlayerCommand } from './export-player.ts';
import { resealSecrets } from './reseal-secrets.ts';
import { rotateSecrets } from './rotate-secrets.ts';
import { rotateSigning } from './rotate-signing.ts';

export interface CommandPorts {
  readonly serve: () => Promise<void>;
  /** Throws a ConfigError. */
  readonly readConfig: () => Config;
  readonly now: () => number;
  /** Results, a line each. */
  readonly print: (line: string) => void;
  /** Progress and advice, a line each. */
  readonly note: (line: string) => void;
}

/** Long enough to copy a file to every gateway by hand. */
const LEAD_MINUTES_DEFAULT = 10;
const LEAD_MINUTES_MAX = 10_080;

export function createProgram(ports: CommandPorts): Command {
  const program = new Command('playgate').description('Play-time limits for minors.');
  program.command('serve', { isDefault: true }).description('run the gateway (default)').action(ports.serve);
  program
    .command('keys')
    .description('keys that sign age tokens')
    .command('rotate-signing')
    .description('publish a new signing key; it signs once everybody can know it')
    .action(() => rotateSigning(ports));
  const secrets = program.command('secrets').description('master keys that protect stored data');
  secrets
    .command('rotate')
    .description('add a master key to the secrets file')
    .option('--in <minutes>', 'when it comes into use', readMinutes, LEAD_MINUTES_DEFAULT)
    .action((options: { readonly in: number }) => rotateSecrets(ports, options.in));
  secrets
    .command('reseal')
    .description('bring everything stored under the newest master key')
    .option('--drop-old', 'then drop the older keys from the secrets file', false)
    .action((options: { readonly dropOld: boolean }) => resealSecrets(ports, options.dropOld));
  program
    .command('players')
    .description('what is held about players')
    .command('export <playerId>')
    .description('print everything held about a player as JSON')
    .option('--world <world>', 'only in this world: live:<providerId> or test:<providerId>')
    .action((playerId: string, options: { readonly world?: string }) =>
      exportPlayerCommand(ports, playerId, options.world ?? null),
    );
  return program;
}

function readMinutes(text: string): number {
  const minutes = Number(text);
  if (/^\d{1,5}$/.test(text) && minutes <= LEAD_MINUTES_MAX) return minutes;
  throw new InvalidArgumentError(`must be a whole number from 0 to ${LEAD_MINUTES_MAX}`);
}
