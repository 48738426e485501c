// The baseline: node:http, one EVALSHA of the gateway's own script per request, autopipelining. No auth, no validation, no
// decision: what remains when everything the gateway is for is taken away.
//   node bare-server.ts <port> <redis url>
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { recordHeartbeats } from '../../packages/gateway/src/store/redis/scripts.generated.ts';

const [port, url] = process.argv.slice(2);
const KEEP_MS = 172_800_000;
const INTERVALS_MAX = 1024;
const NO_PLAN = Array.from({ length: 13 }, () => '');

const redis = new Redis(url!, {
  enableAutoPipelining: true,
  scripts: { recordHeartbeats: { lua: recordHeartbeats, numberOfKeys: 1 } },
});
const record = (redis as unknown as { recordHeartbeats(...args: unknown[]): Promise<unknown[]> }).recordHeartbeats.bind(
  redis,
);

createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', async () => {
    const { key, seq, world } = JSON.parse(text) as { key: string; seq: number; world: string };
    const reply = await record(key, KEEP_MS, INTERVALS_MAX, world, seq, 'active', Date.now(), '', -1, ...NO_PLAN);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: reply[0], seq: reply[1], usedMs: reply[10] }));
  });
}).listen(Number(port), '127.0.0.1');
