// The record of the month as a gateway opens it, on any database.
import { EventPump } from '../../../packages/gateway/src/compliance/event-pump.ts';
import { FollowerRunner } from '../../../packages/gateway/src/compliance/follower-runner.ts';
import { loadPolicies } from '../../../packages/gateway/src/load-policies.ts';
import type { Database } from '../../../packages/gateway/src/store/sql/open-database.ts';
import { admitPolicies } from '../../../packages/gateway/src/store/sql/policy-hashes.ts';
import { SqlEventLog } from '../../../packages/gateway/src/store/sql/sql-event-log.ts';
import { SqlEvidenceTree } from '../../../packages/gateway/src/store/sql/sql-evidence-tiles.ts';
import { SqlFollowedLog } from '../../../packages/gateway/src/store/sql/sql-followed-log.ts';
import { SqlProjector } from '../../../packages/gateway/src/store/sql/sql-projector.ts';
import type { Cast } from './cast.ts';
import { entriesIn, type MonthDelivery, withDuplicates } from './delivery.ts';
import { GATEWAY_PARTITION, makeHousehold } from './make-household.ts';
import { Random } from './random.ts';
import { emptyTruth, type Truth } from './truth.ts';

type PumpSource = ConstructorParameters<typeof EventPump>[0]['store'];

export async function openMonth({ db, kind }: Database, source: PumpSource | MonthDelivery) {
  const policies = await admitPolicies(db, await loadPolicies('vn-147-2024', null));
  const raise = (what: string, error?: unknown) => {
    throw new Error(what, { cause: error });
  };
  const log = new SqlEventLog({
    db,
    policies,
    isShared: kind === 'postgresql',
    onUnreadable: (count) => raise(`${count} entries could not be understood`),
  });
  const followers = new FollowerRunner({
    log: new SqlFollowedLog(db),
    followers: [new SqlProjector(policies), new SqlEvidenceTree()],
    onTrouble: raise,
  });
  return { log, followers, pump: new EventPump({ store: source, sink: log }) };
}

export type Month = Awaited<ReturnType<typeof openMonth>>;

/** The providers and agents that entries and forms name. */
export async function enrol({ db }: Database, { agents, providers }: Cast): Promise<void> {
  const created_at = 0;
  await db
    .insertInto('providers')
    .values(providers.map(({ name, providerId }) => ({ provider_id: providerId, name, created_at })))
    .execute();
  const rows = agents.map(({ agentId, hours, licenceNo, name, province }) => {
    const [opens_at, closes_at] = hours.split('-') as [string, string];
    return { agent_id: agentId, name, licence_no: licenceNo, province, opens_at, closes_at, created_at };
  });
  await db.insertInto('agents').values(rows).execute();
}

const ENTRIES_PER_APPEND = 500;

/** What gateways themselves had to say, some of it twice. */
export async function appendGatewayEntries({ log }: Pick<Month, 'log'>, cast: Cast): Promise<void> {
  const entries = withDuplicates(entriesIn(cast, GATEWAY_PARTITION), new Random(cast.seed));
  for (let at = 0; at < entries.length; at += ENTRIES_PER_APPEND) {
    await log.append(GATEWAY_PARTITION, entries.slice(at, at + ENTRIES_PER_APPEND));
  }
}

export function truthOf(cast: Cast): Truth {
  const truth = emptyTruth();
  for (let index = 0; index < cast.persons; index++) {
    const { corrections, denials, grants, merges, sessions } = makeHousehold(cast, index).truth;
    truth.sessions.push(...sessions);
    truth.denials.push(...denials);
    truth.corrections.push(...corrections);
    truth.grants.push(...grants);
    truth.merges.push(...merges);
  }
  return truth;
}
