// Goes over keys wherever they are: on a cluster each primary knows its own only.
import { LedgerUnavailableError } from '../../sessions/session-store.ts';
import { isCluster, primariesOf, type RedisClient } from './redis-client.ts';

/** Keys looked at in one command. */
const SCAN_COUNT = 1_000;

/** In groups; a key may come twice. Throws a LedgerUnavailableError where some of a cluster's keys cannot be seen. */
export async function* scanKeys(client: RedisClient, match: string): AsyncGenerator<readonly string[]> {
  if (isCluster(client)) await assertWhole(client);
  for (const node of primariesOf(client)) {
    for await (const found of node.scanStream({ match, count: SCAN_COUNT })) yield found as string[];
  }
}

async function assertWhole(client: RedisClient): Promise<void> {
  const facts = await client.cluster('INFO');
  const slotsOk = /cluster_slots_ok:(\d+)/.exec(facts)?.[1];
  if (slotsOk !== String(SLOTS)) throw new LedgerUnavailableError(`${slotsOk ?? 'no'} of ${SLOTS} slots are served`);
}

const SLOTS = 16_384;
