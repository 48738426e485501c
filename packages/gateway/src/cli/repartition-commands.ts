// `playgate repartition`: another number of partitions, while no gateway runs.
import { dayOf, previousDate } from '@playgate/policy';
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../config.ts';
import type { World } from '../directory/world.ts';
import { loadPolicies } from '../load-policies.ts';
import { type Ledger, openLedger } from '../open-ledger.ts';
import { openRecord } from '../open-record.ts';
import { PARTITIONS_MAX } from '../store/redis/keys.ts';
import { type Layout, readLayout, writeLayout } from '../store/redis/layout.ts';
import { LiveGateways } from '../store/redis/live-gateways.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import { assertMovable, countStanding, RepartitionRefusedError, repartition } from '../store/redis/repartition.ts';
import { DataDirectoryLockedError } from '../store/sql/data-directory-lock.ts';
import type { Database } from '../store/sql/open-database.ts';
import { admitPolicies } from '../store/sql/policy-hashes.ts';
import { countOf } from './count-of.ts';
import { CommandError, withDatabase } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { reconcileCommand } from './reconcile-commands.ts';

type Ports = Pick<CommandPorts, 'note' | 'now' | 'print' | 'readConfig'>;

interface RepartitionOptions {
  readonly to: number;
  readonly endSessions: boolean;
}

/** Later than any deadline: whoever stands is silent by then. */
const END_OF_TIME = 8_640_000_000_000_000;
const TOLD_EVERY = 10_000;

export function addRepartitionCommands(program: Command, ports: Ports): void {
  program
    .command('repartition')
    .description('spread the live books over another number of partitions; all gateways have to be stopped')
    .requiredOption('--to <partitions>', 'how many from now on', readPartitions)
    .option('--end-sessions', 'end the sessions that still stand at their last heartbeat', false)
    .addHelpText(
      'after',
      '\nSessions do not move: players start anew with the time that is left. What was broken off is finished by running it\n' +
        'again. Set PLAYGATE_PARTITIONS to the new number before gateways start.',
    )
    .action(async (options: RepartitionOptions) => {
      process.exitCode = await repartitionCommand(ports, options);
    });
}

/** The exit code. */
export async function repartitionCommand(ports: Ports, options: RepartitionOptions): Promise<0 | 1> {
  const config = ports.readConfig();
  const isDone = await withDatabase(config, (database) =>
    withBooks(config, ports, (books) => move(database, books, ports, options)),
  );
  if (!isDone) return 0;
  ports.print(`Set PLAYGATE_PARTITIONS=${options.to} before gateways start.`);
  return check({ ...config, partitions: options.to }, ports);
}

interface Books {
  readonly redis: RedisClient;
  readonly store: Ledger['store'];
}

async function withBooks<Result>(
  config: Config,
  ports: Ports,
  work: (books: Books) => Promise<Result>,
): Promise<Result> {
  const ledger = await openLedger(config, {
    clock: { now: ports.now },
    onTrouble: (what) => ports.note(what),
    onLost: ({ message }) => ports.note(message),
    layout: 'found',
  }).catch((error: unknown) => {
    if (!(error instanceof DataDirectoryLockedError)) throw error;
    throw new CommandError(
      `The live books are embedded and a running gateway has them open (${error.message}) Stop it.`,
    );
  });
  try {
    if (ledger.redis === null) throw new CommandError('The memory store has no partitions.');
    return await work({ redis: ledger.redis, store: ledger.store });
  } finally {
    await ledger.close();
  }
}

/** False: there is nothing to do. Until the first day is moved a refusal leaves everything as it was. */
async function move(
  database: Database,
  { redis, store }: Books,
  ports: Ports,
  options: RepartitionOptions,
): Promise<boolean> {
  const layout = await readLayout(redis);
  if (layout === null || (layout.partitions === options.to && layout.movingTo === undefined)) {
    ports.print(`The books are laid out for ${layout?.partitions ?? 'any number of'} partitions already.`);
    return false;
  }
  const live = await new LiveGateways(redis).list();
  if (live.length > 0) {
    throw new CommandError(
      `${countOf(live.length, 'gateway')} ran within the last seconds. Stop all of them, and wait a moment.`,
    );
  }
  await writeLayout(redis, { partitions: layout.partitions, movingTo: options.to });
  try {
    await settle(database, { redis, store }, ports, options);
    await assertMovable(redis);
  } catch (error) {
    await writeLayout(redis, layout);
    if (error instanceof RepartitionRefusedError) throw new CommandError(error.message);
    throw error;
  }
  const { forgottenSessions, moved } = await repartition(redis, options.to, (count) => {
    if (count % TOLD_EVERY === 0) ports.note(`${count} days moved`);
  });
  await writeLayout(redis, { partitions: options.to });
  ports.print(tellOutcome(layout, options, moved, forgottenSessions));
  return true;
}

const tellOutcome = (layout: Layout, { to }: RepartitionOptions, moved: number, forgotten: number): string =>
  `${layout.partitions} partitions became ${to}: ${countOf(moved, 'day')} moved, ${countOf(forgotten, 'session')} forgotten.`;

/** No session stands and no entry waits. Throws a CommandError where that cannot be. */
async function settle(
  database: Database,
  { redis, store }: Books,
  ports: Ports,
  { endSessions }: RepartitionOptions,
): Promise<void> {
  const config = ports.readConfig();
  const frozen = await database.db.selectFrom('sandbox_clocks').selectAll().execute();
  const clocks = new Map(frozen.map(({ frozen_at, provider_id }) => [provider_id, frozen_at]));
  const nowOf = ({ mode, providerId }: World) => (mode === 'test' ? clocks.get(providerId) : undefined) ?? ports.now();
  await store.expireSilent(endSessions ? () => END_OF_TIME : nowOf);
  const standing = await countStanding(redis);
  if (standing > 0) {
    throw new CommandError(
      `${countOf(standing, 'session')} can still go on. Wait until they are silent for longer than lease and revival, ` +
        'or end them at their last heartbeat with --end-sessions.',
    );
  }
  const policies = await admitPolicies(database.db, await loadPolicies(config.policyId, config.policyDir));
  const onTrouble = (what: string) => ports.note(what);
  const { pump } = openRecord({ database, store, policies, followers: [], onTrouble });
  const { moved } = await pump.drain();
  ports.note(`${countOf(moved, 'event')} taken into the database`);
}

/** Today and yesterday: what the books still hold is what the record says. */
async function check(config: Config, ports: Ports): Promise<0 | 1> {
  const { document } = (await loadPolicies(config.policyId, config.policyDir)).defaultAt(ports.now());
  const { date } = dayOf(document.zone, ports.now());
  const checked = { ...ports, readConfig: () => config };
  let code: 0 | 1 = 0;
  for (const day of [previousDate(date), date]) {
    if ((await reconcileCommand(checked, { date: day, rebuild: false, json: false })) !== 0) code = 1;
  }
  return code;
}

function readPartitions(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= PARTITIONS_MAX) return count;
  throw new InvalidArgumentError(`must be a whole number from 1 to ${PARTITIONS_MAX}`);
}
