// A pump in a process of its own, for the month to kill: `<cast size as JSON> <database url> <directory> [<redis url>]`. It says
// how many entries it moved, a line each, and ends when nothing waits any more.
import { createRequestClient, createWorkerClient } from '../../../packages/gateway/src/store/redis/redis-client.ts';
import { RedisSessionStore } from '../../../packages/gateway/src/store/redis/redis-session-store.ts';
import { openDatabase } from '../../../packages/gateway/src/store/sql/open-database.ts';
import { type CastSize, makeCast } from './cast.ts';
import { MonthDelivery } from './delivery.ts';
import { openMonth } from './open-month.ts';

const [sizeText, databaseUrl, directory, redisUrl] = process.argv.slice(2);
const cast = makeCast(JSON.parse(sizeText!) as CastSize);

async function openSource() {
  if (redisUrl === undefined) return new MonthDelivery(cast, directory!);
  const [requests, worker] = [createRequestClient(redisUrl), createWorkerClient(redisUrl)];
  await Promise.all([requests.connect(), worker.connect()]);
  return new RedisSessionStore({ requests, worker, partitionCount: cast.partitions });
}

const database = await openDatabase({ databaseUrl: databaseUrl! });
const source = await openSource();
const { followers, pump } = await openMonth(database, {
  readBacklog: () => source.readBacklog(),
  readEntries: (partition, countMax) => source.readEntries(partition, countMax),
  trimEntries: async (partition, entryIds) => {
    await source.trimEntries(partition, entryIds);
    if (entryIds.length > 0) process.stdout.write(`${entryIds.length}\n`);
  },
});
let isPumping = true;
const pumping = (async () => {
  while ((await source.readBacklog()).length > 0) await pump.drain();
})().finally(() => {
  isPumping = false;
});
// As in a gateway, the followers go on while the pump does.
while (isPumping) await followers.run();
await pumping;
await followers.run();
process.exit(0);
