// A gateway's pump on its own, for a test to kill: `<redis url> <database url>`. It says what it moved, a line each.
import { openDatabase } from '../../src/store/sql/open-database.ts';
import { openTestRecord } from './event-log.ts';
import { connectLedger } from './redis-ledger.ts';

const [redisUrl, databaseUrl] = process.argv.slice(2);
const database = await openDatabase({ databaseUrl: databaseUrl! });
const store = await connectLedger(redisUrl!);
const { followers, pump } = openTestRecord(database, store);
for (;;) {
  const { moved } = await pump.drain();
  await followers.run();
  process.stdout.write(`${moved}\n`);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
