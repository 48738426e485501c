import type { Command } from 'commander';
import type { SignInSelection } from '../sign-in/sign-in-sessions.ts';
import { CommandError } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { endSignIns, listSignIns, markStaff } from './sign-ins.ts';

export function addSignInsCommands(program: Command, ports: CommandPorts): void {
  const signIns = program.command('sign-ins').description('people who are signed in');
  signIns
    .command('list')
    .description('print who is signed in, a line each')
    .option('--json', 'one JSON object a line', false)
    .action((options: { readonly json: boolean }) => listSignIns(ports, options.json));
  signIns
    .command('end [signInId]')
    .description('end sign-ins at once, on every gateway')
    .option('--subject <subject>', 'all of this person')
    .option('--all', 'all there are', false)
    .action((signInId: string | undefined, options: { readonly subject?: string; readonly all: boolean }) =>
      endSignIns(ports, readSelection(signInId, options)),
    );
  signIns
    .command('mark <issuer> <subject>')
    .description('print the mark by which the log names a person')
    .action((issuer: string, subject: string) => markStaff(ports, issuer, subject));
}

function readSelection(
  signInId: string | undefined,
  { all, subject }: { readonly subject?: string; readonly all: boolean },
): SignInSelection {
  const selections: readonly SignInSelection[] = [
    ...(signInId === undefined ? [] : [{ by: 'signInId', value: signInId } as const]),
    ...(subject === undefined ? [] : [{ by: 'subject', value: subject } as const]),
    ...(all ? [{ by: 'all' } as const] : []),
  ];
  const [selection] = selections;
  if (selection !== undefined && selections.length === 1) return selection;
  throw new CommandError('Name one sign-in, or --subject <subject>, or --all.');
}
