// The baseline of S1: node:http, one EVALSHA of the gateway's own script per request. No authentication, no validation, no
// decision: what remains when everything the gateway is for is taken away.
//   BENCH_PORT, BENCH_REDIS_URL
import { createServer } from 'node:http';
import { openScript } from './open-script.ts';

const { BENCH_PORT, BENCH_REDIS_URL } = process.env;
const recordBeat = openScript(BENCH_REDIS_URL!);

createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', async () => {
    const { key, seq, world } = JSON.parse(text) as { key: string; seq: number; world: string };
    const [status, usedMs] = await recordBeat(key, world, seq);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status, usedMs }));
  });
}).listen(Number(BENCH_PORT), '127.0.0.1');
