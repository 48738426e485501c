// What each command looks like in use; the last thing its --help says, and a part of docs/cli.md.
import type { Command } from 'commander';
import { EXIT_CODES } from './exit-codes.ts';

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  serve: [
    'playgate serve',
    'DATABASE_URL=postgres://playgate@db/playgate REDIS_URL=redis://cache:6379 playgate serve --workers 4',
  ],
  'migrate apply': ['DATABASE_URL=postgres://playgate@db/playgate playgate migrate apply'],
  'migrate status': ['playgate migrate status --json'],
  'keys rotate-signing': ['playgate keys rotate-signing'],
  'keys withdraw-signing': ['playgate keys withdraw-signing 8Qd0-a1'],
  'keys rotate-evidence': ['playgate keys rotate-evidence'],
  'secrets rotate': ['playgate secrets rotate --in 30'],
  'secrets reseal': ['playgate secrets reseal', 'playgate secrets reseal --drop-old'],
  'sign-ins list': ['playgate sign-ins list --json'],
  'sign-ins end': ['playgate sign-ins end sgn_4mBq0sYw2K', 'playgate sign-ins end --subject anna@example.org'],
  'sign-ins mark': ['playgate sign-ins mark https://id.example.org anna@example.org'],
  'agents create': ['playgate agents create --name "Quán Số 1" --licence HN-123 --province "Hà Nội" --closes 21:00'],
  'agents list': ['playgate agents list --province "Hà Nội" --json'],
  'agents stations list': ['PLAYGATE_KEY=ak_... playgate agents stations'],
  'agents stations add': ['PLAYGATE_KEY=ak_... playgate agents stations add "Máy 12"'],
  'agents stations renew': ['PLAYGATE_KEY=ak_... playgate agents stations renew sta_4mBq0sYw2K'],
  'agents stations revoke': ['PLAYGATE_KEY=ak_... playgate agents stations revoke sta_4mBq0sYw2K'],
  'agents sessions': ['PLAYGATE_KEY=ak_... playgate agents sessions'],
  'agents end': ['PLAYGATE_KEY=ak_... playgate agents end ses_4mBq0sYw2K --reason "closing time"'],
  'agents access-log': [
    'PLAYGATE_KEY=ak_... playgate agents access-log --from 2026-10-01 --to 2026-10-31 --format csv',
  ],
  'station open': [
    'playgate station open --game star-garden --age-token "$TOKEN"    # the player signed in to the game',
    'playgate station open --game star-garden --walk-in               # staff read the document that is shown',
  ],
  'regulators create': ['playgate regulators create --name "Sở Hà Nội" --province "Hà Nội"'],
  'regulators issue-key': ['playgate regulators issue-key reg_4mBq0sYw2K'],
  'report daily': [
    'playgate report daily --from 2026-10-01 --to 2026-10-31 --group-by province,day --purpose "Kiểm tra tháng 10"',
    'playgate report daily --from 2026-10-01 --to 2026-10-31 --province "Hà Nội" --purpose "Kiểm tra" --out october.csv',
  ],
  'report periodic': [
    'playgate report periodic --form vn-half-year --period 2026-H2 --out half-year.xlsx --purpose "Báo cáo sáu tháng"',
  ],
  'report forms': ['playgate report forms'],
  'evidence export': ['PLAYGATE_KEY=rk_... playgate evidence export --out evidence'],
  'evidence key': ['playgate evidence key > playgate.pub'],
  verify: [
    'playgate verify evidence --key playgate.pub',
    'playgate verify checkpoint entries.jsonl half-year.json half-year.json.jws --key playgate.pub',
  ],
  reconcile: ['playgate reconcile --date 2026-10-14', 'playgate reconcile --rebuild'],
  repartition: ['playgate repartition --to 256 --end-sessions'],
  'retention apply': ['playgate retention apply --dry-run', 'playgate retention apply --json'],
  'retention hold': ['playgate retention hold --player ply_4mBq0sYw2K --reason "case 12/2026, court of Huế"'],
  'retention release': ['playgate retention release hld_4mBq0sYw2K'],
  'retention list': ['playgate retention list'],
  'players export': ['playgate players export ply_4mBq0sYw2K > player.json'],
};

const ENVIRONMENT = `
Environment:
  PLAYGATE_DATA_DIR   where data is kept without a database of its own; ./.playgate if not set
  DATABASE_URL        PostgreSQL of the gateways; embedded in the data directory if not set
  REDIS_URL           Redis of the gateways
  PLAYGATE_URL        gateway that is asked by the commands that ask one
  PLAYGATE_KEY        key or token for it; better here than on a command line that others can read
All settings: docs/operations.md.`;

export const EXIT_TEXT = `
Exit codes: ${EXIT_CODES.ok} done; ${EXIT_CODES.no} the answer is no (a difference, a refusal, something to do first);
${EXIT_CODES.usage} the command line was not understood; ${EXIT_CODES.unreachable} the gateway or the database cannot be reached, or Node is older than 24.2.
A command with others tells them in its --help.`;

/** Null: none is known. */
export const examplesOf = (path: string): readonly string[] | null => EXAMPLES[path] ?? null;

/** Each command that does something, with its path: `agents stations list`. */
export function commandsOf(parent: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] {
  return parent.commands.flatMap((command) => {
    const here = [...path, command.name()];
    return command.commands.length === 0 ? [[here.join(' '), command] as const] : commandsOf(command, here);
  });
}

export function addExamples(program: Command): void {
  for (const [path, command] of commandsOf(program)) {
    const examples = examplesOf(path);
    if (examples !== null)
      command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
  }
  program.addHelpText('after', ENVIRONMENT + EXIT_TEXT);
}
