// Heartbeats per second of one gateway process, single and in batches, next to the bare server, in turn on one machine.
// Prints one JSON line per figure. Everything is on loopback; the whole takes about a minute.
//   pnpm build && pnpm --filter @playgate/load-tests first-look
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import autocannon from 'autocannon';

const ROUNDS = 3;
const ROUND_SECONDS = 4;
const CONNECTIONS = 64;
/** Of game servers that send batches. */
const BATCH_CONNECTIONS = 4;
const SESSIONS = 500;
const WAIT_MS_MAX = 20_000;
const ROOT = path.join(import.meta.dirname, '../..');

const children: ChildProcess[] = [];
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'playgate-load-'));
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dataDirectory, { recursive: true, force: true });
});

function start(command: string, args: readonly string[], env: Record<string, string> = {}): void {
  children.push(spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'ignore' }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (!(await isTrue().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what} did not come up`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Target {
  readonly title: string;
  readonly url: string;
  /** Heartbeats in one request. */
  readonly beats: number;
  readonly connections: number;
  readonly request: () => { method: 'POST'; path: string; headers: Record<string, string>; body: string };
}

async function measure({
  connections,
  request,
  url,
}: Target): Promise<{ perSecond: number; p99Ms: number; failed: number }> {
  const result = await autocannon({
    url,
    connections,
    duration: ROUND_SECONDS,
    requests: [{ setupRequest: (defaults) => ({ ...defaults, ...request() }) }],
  });
  return { perSecond: result.requests.average, p99Ms: result.latency.p99, failed: result.non2xx + result.errors };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const [redisPort, barePort, gatewayPort] = [await freePort(), await freePort(), await freePort()];
const redisUrl = `redis://127.0.0.1:${redisPort}`;
start('redis-server', [
  '--port',
  String(redisPort),
  '--bind',
  '127.0.0.1',
  '--save',
  '',
  '--appendonly',
  'yes',
  '--dir',
  dataDirectory,
]);
start(process.execPath, [path.join(import.meta.dirname, 'bare-server.ts'), String(barePort), redisUrl]);
start(process.execPath, ['packages/gateway/dist/main.js'], {
  PORT: String(gatewayPort),
  PLAYGATE_DATA_DIR: dataDirectory,
  PLAYGATE_DEMO: 'on',
  REDIS_URL: redisUrl,
});
const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
const demoFile = path.join(dataDirectory, 'demo.json');
await until('the gateway', async () => (await fetch(`${gatewayUrl}/readyz`)).ok && existsSync(demoFile));
const demo = JSON.parse(readFileSync(demoFile, 'utf8')) as {
  secretKey: string;
  providerId: string;
  games: { gameId: string }[];
};

async function call<Reply>(where: string, body: unknown): Promise<Reply> {
  const headers = { authorization: `Bearer ${demo.secretKey}`, 'content-type': 'application/json' };
  const response = await fetch(gatewayUrl + where, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Reply;
}

async function openSession(index: number): Promise<{ sessionId: string; sessionToken: string; seq: number }> {
  const phone = { phone: '+84901234567', phoneVerified: true };
  const facts = { playerRef: `load-${index}`, method: 'attested', birthDate: '2009-06-01', ...phone };
  const { ageToken } = await call<{ ageToken: string }>('/v1/age-verifications', facts);
  const opened = await call<{ sessionId: string; sessionToken: string }>('/v1/sessions', {
    ageToken,
    gameId: demo.games[0]!.gameId,
  });
  return { ...opened, seq: 0 };
}

const sessions: Awaited<ReturnType<typeof openSession>>[] = [];
for (let index = 0; index < SESSIONS; index++) sessions.push(await openSession(index));
let turn = 0;
const next = () => sessions[turn++ % SESSIONS]!;
const json = { 'content-type': 'application/json' };

const bare: Target = {
  title: 'bare node:http, one EVALSHA a request',
  url: `http://127.0.0.1:${barePort}`,
  beats: 1,
  connections: CONNECTIONS,
  request: () => {
    const session = next();
    const key = `pg1:{p${session.sessionId.slice(4, 7)}}:s:${session.sessionId}`;
    const body = JSON.stringify({ key, seq: ++session.seq, world: `test:${demo.providerId}` });
    return { method: 'POST', path: '/', headers: json, body };
  },
};
const single: Target = {
  title: 'gateway, single heartbeats',
  url: gatewayUrl,
  beats: 1,
  connections: CONNECTIONS,
  request: () => {
    const session = next();
    const headers = { ...json, authorization: `Bearer ${session.sessionToken}` };
    const body = JSON.stringify({ seq: ++session.seq, state: 'active' });
    return { method: 'POST', path: `/v1/sessions/${session.sessionId}/heartbeats`, headers, body };
  },
};
const batch: Target = {
  title: `gateway, batches of ${SESSIONS}`,
  url: gatewayUrl,
  beats: SESSIONS,
  connections: BATCH_CONNECTIONS,
  request: () => {
    const beats = sessions.map((session) => ({ sessionId: session.sessionId, seq: ++session.seq, state: 'active' }));
    const headers = { ...json, authorization: `Bearer ${demo.secretKey}` };
    return { method: 'POST', path: '/v1/heartbeats', headers, body: JSON.stringify({ beats }) };
  },
};

const found = new Map<Target, Awaited<ReturnType<typeof measure>>[]>();
for (let round = 0; round < ROUNDS; round++) {
  for (const target of [bare, single, batch]) found.set(target, [...(found.get(target) ?? []), await measure(target)]);
}
const bareBeats = median(found.get(bare)!.map(({ perSecond }) => perSecond));
for (const [{ beats, title }, rounds] of found) {
  const beatsPerSecond = median(rounds.map(({ perSecond }) => perSecond)) * beats;
  const p99Ms = median(rounds.map(({ p99Ms: p99 }) => p99));
  const failed = rounds.reduce((sum, round) => sum + round.failed, 0);
  console.log(
    JSON.stringify({
      title,
      beatsPerSecond: Math.round(beatsPerSecond),
      toBare: +(beatsPerSecond / bareBeats).toFixed(2),
      p99Ms,
      failed,
    }),
  );
}
process.exit(0);
