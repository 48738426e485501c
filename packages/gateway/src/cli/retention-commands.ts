// `playgate retention`: deletes what need not be kept any longer, and holds what must not be deleted.
import { userInfo } from 'node:os';
import { formatInstant, type Instant } from '@playgate/policy';
import type { Command } from 'commander';
import { applyRetention, type RetentionResult } from '../compliance/retention/apply-retention.ts';
import type { HoldScope, LegalHold } from '../compliance/retention/legal-holds.ts';
import { retentionRules } from '../compliance/retention/retention-rules.ts';
import { loadPolicies } from '../load-policies.ts';
import { IdentityVault } from '../store/sql/identity-vault.ts';
import { SqlLegalHolds } from '../store/sql/sql-legal-holds.ts';
import { SqlPlayers } from '../store/sql/sql-players.ts';
import { retentionJobs } from '../store/sql/sql-retention.ts';
import { countOf } from './count-of.ts';
import { formatTable } from './format-table.ts';
import { CommandError, withStores } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { startProgress } from './progress-bar.ts';

interface ApplyOptions {
  readonly dryRun: boolean;
  readonly json: boolean;
}

interface HoldOptions {
  readonly player?: string;
  readonly provider?: string;
  readonly all: boolean;
  readonly reason: string;
  readonly author?: string;
  readonly json: boolean;
}

export function addRetentionCommands(program: Command, ports: CommandPorts): void {
  const retention = program.command('retention').description('how long data is kept, and legal holds');
  retention
    .command('apply')
    .description('delete what need not be kept any longer, and carry out erasures that waited for a hold')
    .option('--dry-run', 'only say what would be deleted', false)
    .option('--json', 'print the outcome as JSON', false)
    .action((options: ApplyOptions) => apply(ports, options));
  retention
    .command('hold')
    .description('keep data from being deleted, also on request of a player, until the hold is released')
    .option('--player <playerId>', 'of this player')
    .option('--provider <providerId>', 'of this provider')
    .option('--all', 'all data there is', false)
    .requiredOption('--reason <text>', 'why, and who asked; kept with the hold')
    .option('--author <name>', 'who places it; the user of the system if left out')
    .option('--json', 'print the hold as JSON', false)
    .action((options: HoldOptions) => hold(ports, options));
  retention
    .command('release <holdId>')
    .description('end a hold; erasures that waited for it are carried out by the next `retention apply`')
    .option('--author <name>', 'who releases it; the user of the system if left out')
    .action((holdId: string, options: { readonly author?: string }) =>
      release(ports, holdId, options.author ?? userName()),
    );
  retention
    .command('list')
    .description('list the holds, newest first')
    .option('--json', 'print them as JSON', false)
    .action((options: { readonly json: boolean }) => list(ports, options.json));
}

/** Without a name in the system's list of users there is a number. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'operator';
  }
}

async function apply({ note, now, print, readConfig }: CommandPorts, { dryRun, json }: ApplyOptions): Promise<void> {
  const config = readConfig();
  const policies = await loadPolicies(config.policyId, config.policyDir);
  await withStores(config, now(), async ({ database: { db }, secrets }) => {
    const vault = new IdentityVault(secrets, { countsHumans: policies.countsHumans });
    const players = new SqlPlayers({ db, vault, defaultPolicyAt: policies.defaultAt });
    const waiting = await new SqlLegalHolds(db).listReleasedErasures();
    if (!dryRun) for (const { playerId, world } of waiting) await players.erase(world, playerId, now());
    const progress = startProgress('deleted', 0);
    const results = await applyRetention({
      jobs: retentionJobs({ db, players, now: now() }),
      rules: retentionRules(policies.all),
      isDryRun: dryRun,
      now: now(),
      onProgress: (_what, done, total) => progress.update(done, total),
    }).finally(() => progress.stop());
    if (json)
      return print(JSON.stringify({ dryRun, erasedOnRelease: waiting.length, results: results.map(toJson) }, null, 2));
    print(
      formatTable(
        ['class', 'what', 'kept for', 'due', 'from', 'to', ''],
        results.map((result) => lineOf(result, dryRun)),
      ),
    );
    if (waiting.length > 0)
      print(`${countOf(waiting.length, 'erasure')} that waited for a hold: ${dryRun ? 'due' : 'carried out'}`);
    if (dryRun) note('Nothing was deleted: run it again without --dry-run.');
  });
}

const toJson = ({ fromAt, toAt, ...result }: RetentionResult) => ({
  ...result,
  fromAt: fromAt === null ? null : formatInstant(fromAt),
  toAt: toAt === null ? null : formatInstant(toAt),
});

function lineOf({ count, dataClass, deleted, fromAt, held, keepDays, toAt, what }: RetentionResult, isDryRun: boolean) {
  const day = (at: Instant | null) => (at === null ? '-' : formatInstant(at).slice(0, 'YYYY-MM-DD'.length));
  const state = held ? 'under a legal hold' : isDryRun ? '' : `${deleted} deleted`;
  return [dataClass, what, countOf(keepDays, 'day'), String(count), day(fromAt), day(toAt), state];
}

async function hold({ now, print, readConfig }: CommandPorts, options: HoldOptions): Promise<void> {
  const { author = userName(), json, reason } = options;
  const subject = subjectOf(options);
  await withStores(readConfig(), now(), async ({ database: { db } }) => {
    const placed = await new SqlLegalHolds(db).place({ ...subject, reason, author }, now());
    if (placed === null) throw new CommandError(`There is no such ${subject.scope}.`);
    print(json ? JSON.stringify(placed) : `hold ${placed.holdId} on ${nameOf(placed)}`);
  });
}

function subjectOf({ all, player, provider }: HoldOptions): {
  readonly scope: HoldScope;
  readonly subjectId: string | null;
} {
  const subjects = [
    ...(player === undefined ? [] : [{ scope: 'player' as const, subjectId: player }]),
    ...(provider === undefined ? [] : [{ scope: 'provider' as const, subjectId: provider }]),
    ...(all ? [{ scope: 'all' as const, subjectId: null }] : []),
  ];
  const [subject] = subjects;
  if (subject === undefined || subjects.length > 1) throw new CommandError('Name --player, --provider or --all.');
  return subject;
}

async function release({ note, now, print, readConfig }: CommandPorts, holdId: string, author: string): Promise<void> {
  await withStores(readConfig(), now(), async ({ database: { db } }) => {
    const holds = new SqlLegalHolds(db);
    if (!(await holds.release(holdId, author, now())))
      throw new CommandError('There is no such hold, or it was released.');
    print(`hold ${holdId} is released`);
    const waiting = await holds.listReleasedErasures();
    if (waiting.length > 0) note(`${countOf(waiting.length, 'erasure')} waited for it: playgate retention apply`);
  });
}

async function list({ now, print, readConfig }: CommandPorts, json: boolean): Promise<void> {
  const holds = await withStores(readConfig(), now(), ({ database: { db } }) => new SqlLegalHolds(db).list());
  if (json) return print(JSON.stringify(holds, null, 2));
  const rows = holds.map((held) => [
    held.holdId,
    nameOf(held),
    formatInstant(held.placedAt),
    held.releasedAt === null ? 'stands' : `released ${formatInstant(held.releasedAt)}`,
    held.author,
    held.reason,
  ]);
  print(formatTable(['hold', 'on', 'placed', '', 'by', 'why'], rows));
}

const nameOf = ({ scope, subjectId }: Pick<LegalHold, 'scope' | 'subjectId'>): string => subjectId ?? scope;
