// What a run is sent to: a built gateway over a Redis and a PostgreSQL of its own, or one that runs here already.
import { readFileSync } from 'node:fs';
import { Gateway } from '../bench/gateway.ts';
import { startPostgres } from '../servers.ts';
import type { RunArguments } from './arguments.ts';
import { RedisProcess } from './redis-process.ts';

export interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly adminToken: string;
  /** Null where it is not ours to kill. */
  readonly redis: RedisProcess | null;
}

/** Throws an Error when something does not start; then nothing is left running. */
export async function openStage({ keysFile, url }: Pick<RunArguments, 'keysFile' | 'url'>): Promise<Stage> {
  if (url === null) return await startOwn();
  return {
    url,
    adminToken: adminTokenOf(readFileSync(keysFile, 'utf8')),
    redis: null,
    [Symbol.asyncDispose]: async () => {},
  };
}

function adminTokenOf(demoFile: string): string {
  return (JSON.parse(demoFile) as { readonly adminToken: string }).adminToken;
}

async function startOwn(): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await startPostgres());
  const redis = opened.use(await RedisProcess.start());
  const gateway = opened.use(await Gateway.start({ databaseUrl: database.url, redisUrl: redis.url }));
  const parts = opened.move();
  return {
    url: gateway.url,
    adminToken: adminTokenOf(JSON.stringify(gateway.demo)),
    redis,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
