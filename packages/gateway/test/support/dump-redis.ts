import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Redis } from 'ioredis';

/** Every key with its value, a line each, whatever its type. */
export async function dumpRedis(client: Redis): Promise<string> {
  const lines: string[] = [];
  for await (const keys of client.scanStream({ count: 1_000 }) as AsyncIterable<string[]>) {
    for (const key of keys) lines.push(`${key} ${JSON.stringify(await readValue(client, key))}`);
  }
  return lines.join('\n');
}

async function readValue(client: Redis, key: string): Promise<unknown> {
  const type = await client.type(key);
  switch (type) {
    case 'string':
      return client.get(key);
    case 'hash':
      return client.hgetall(key);
    case 'list':
      return client.lrange(key, 0, -1);
    case 'set':
      return client.smembers(key);
    case 'zset':
      return client.zrange(key, '0', '-1', 'WITHSCORES');
    case 'stream':
      return client.xrange(key, '-', '+');
    default:
      throw new Error(`${key}: a ${type} cannot be dumped`);
  }
}

/** All that was ever written, the trimmed and the deleted too, as far as the file was not rewritten. */
export async function readAppendOnlyFile(client: Redis): Promise<string> {
  const [, directory] = (await client.config('GET', 'dir')) as [string, string];
  const folder = path.join(directory, 'appendonlydir');
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name), 'latin1')));
  return files.join('\n');
}
