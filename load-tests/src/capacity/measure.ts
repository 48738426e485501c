// Measures the constants of constants.ts that no figure of the benchmark tells, a line of JSON each; about a minute. The gateway has
// to be built.
//   pnpm --filter @playgate/load-tests capacity:measure [events]
import { Bench } from '../bench/bench.ts';
import { useOwnDirectory } from '../bench/own-directory.ts';
import { forgetSettings } from '../k6/forget-settings.ts';
import { startPostgres } from '../servers.ts';
import { measureRedis } from './measure-redis.ts';
import { measureSql } from './measure-sql.ts';

const EVENTS_DEFAULT = 80_000;

forgetSettings();
useOwnDirectory();
{
  await using postgres = await startPostgres();
  console.log(JSON.stringify(await measureSql(postgres.url, Number(process.argv[2] ?? EVENTS_DEFAULT))));
}
{
  await using bench = new Bench({ isQuick: true, only: new Set() });
  console.log(JSON.stringify(await measureRedis(await bench.startWorld())));
}
