// The committed docs/cli.md, byte for byte, from the program itself.
import type { Command } from 'commander';
import { commandsOf, EXIT_TEXT, examplesOf } from './examples.ts';
import { optionNotes } from './option-notes.ts';

const INTRODUCTION = `# The command line

Generated from the program by \`pnpm generate\`; do not edit.

\`playgate\` without a command serves. Commands that work on the stores (keys, secrets, sign-ins, migrate, retention, reconcile,
players) take the settings of the gateway from the environment; with an embedded database the gateway has to be stopped for them.
Those that ask a running gateway (agents, regulators, report, evidence) take \`--url\` and \`--key\`, or PLAYGATE_URL and PLAYGATE_KEY.
\`--json\` prints results for programs; advice and progress go to the standard error output.
`;

export function renderCliFile(program: Command): string {
  return [
    INTRODUCTION,
    EXIT_TEXT.trim(),
    ...commandsOf(program).map(([path, command]) => section(path, command)),
    '',
  ].join('\n');
}

function section(path: string, command: Command): string {
  const shown = command.options.filter(({ hidden }) => !hidden);
  const rows = shown.map((option) => {
    const notes = [option.description, ...optionNotes(option)];
    return `| \`${option.flags}\` | ${notes.join('; ').replaceAll('|', '\\|')} |`;
  });
  return [
    `\n## playgate ${path}\n`,
    `${command.description()}.\n`,
    '```',
    `playgate ${path.split(' ').slice(0, -1).concat(command.name()).join(' ')} ${command.usage()}`,
    ...(examplesOf(path) ?? []).flatMap((line) => ['', line]),
    '```',
    ...(rows.length === 0 ? [] : ['', '| option | |', '|---|---|', ...rows]),
  ].join('\n');
}
