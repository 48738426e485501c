import type { Command } from 'commander';
import type { CommandPorts } from './program.ts';
import { rotateEvidence } from './rotate-evidence.ts';
import { rotateSigning } from './rotate-signing.ts';
import { withdrawSigning } from './withdraw-signing.ts';

export function addKeysCommands(program: Command, ports: CommandPorts): void {
  const keys = program.command('keys').description('keys that sign age tokens and evidence');
  keys
    .command('rotate-signing')
    .description('publish a new signing key; it signs once everybody can know it')
    .action(() => rotateSigning(ports));
  keys
    .command('withdraw-signing <keyId>')
    // A key id may begin with a dash.
    .allowUnknownOption()
    .description('take a leaked signing key away: its tokens are refused at once')
    .action((keyId: string) => withdrawSigning(ports, keyId));
  keys
    .command('rotate-evidence')
    .description('make a new key that signs checkpoints and reports; the one before stays published')
    .action(() => rotateEvidence(ports));
}
