import { type Command, InvalidArgumentError } from 'commander';
import type { CommandPorts } from './program.ts';
import { resealSecrets } from './reseal-secrets.ts';
import { rotateSecrets } from './rotate-secrets.ts';

/** Long enough to copy a file to every gateway by hand. */
const LEAD_MINUTES_DEFAULT = 10;
const LEAD_MINUTES_MAX = 10_080;

export function addSecretsCommands(program: Command, ports: CommandPorts): void {
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
}

function readMinutes(text: string): number {
  const minutes = Number(text);
  if (/^\d{1,5}$/.test(text) && minutes <= LEAD_MINUTES_MAX) return minutes;
  throw new InvalidArgumentError(`must be a whole number from 0 to ${LEAD_MINUTES_MAX}`);
}
