// The process as an operator runs it: start, SIGTERM under load, kill, start again; from the sources, with its own data.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './support/redis-server.ts';
import { CHILD, GAME_ID } from './support/request-samples.ts';

const MAIN = path.join(import.meta.dirname, '../src/main.ts');

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'playgate-process-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

class GatewayProcess {
  readonly baseUrl: string;
  readonly child: ChildProcess;
  output = '';
  private readonly ended: Promise<unknown>;

  private constructor(port: number, env: Record<string, string>) {
    this.baseUrl = `http://127.0.0.1:${port}`;
    const flags = ['--conditions=@playgate/source', '--disable-warning=ExperimentalWarning'];
    const { PATH, HOME } = process.env;
    this.child = spawn(process.execPath, [...flags, MAIN], {
      env: { PATH, HOME, PORT: String(port), PLAYGATE_DATA_DIR: dataDir, PLAYGATE_DEMO: 'off', ...env },
    });
    this.ended = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.output += data;
      });
    }
  }

  static async start(env: Record<string, string>): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(await freePort(), env);
    while (!gateway.output.includes('playgate is ready')) {
      if (gateway.child.exitCode !== null) throw new Error(gateway.output);
      await Promise.race([once(gateway.child.stdout!, 'data'), gateway.ended]);
    }
    return gateway;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    await this.ended;
    return this.child.exitCode;
  }

  async post<Reply = Record<string, string>>(where: string, token: string, body: unknown): Promise<Reply> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(this.baseUrl + where, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Reply;
  }

  get(where: string, token: string): Promise<unknown> {
    return fetch(this.baseUrl + where, { headers: { authorization: `Bearer ${token}` } }).then((reply) => reply.json());
  }
}

/** A session of a child in a test world of a new provider. */
async function openSession(gateway: GatewayProcess) {
  const admin = (await readFile(path.join(dataDir, 'admin-token'), 'utf8')).trim();
  const { providerId } = await gateway.post('/v1/admin/providers', admin, { name: 'Studio' });
  const { key } = await gateway.post(`/v1/admin/providers/${providerId}/keys`, admin, { kind: 'secret', mode: 'test' });
  const token = key!;
  await gateway.post('/v1/games', token, { gameId: GAME_ID, title: 'Star', class: 'G1', rating: '00+' });
  const { ageToken, playerId } = await gateway.post('/v1/age-verifications', token, CHILD);
  const opened = await gateway.post('/v1/sessions', token, { ageToken, gameId: GAME_ID });
  expect(opened).toMatchObject({ verdict: 'play' });
  const { sessionId, sessionToken } = opened as { sessionId: string; sessionToken: string };
  return { token, playerId: playerId!, sessionId, sessionToken };
}

interface Load {
  readonly answered: number;
  readonly statuses: ReadonlySet<number>;
  /** Sent on an open connection and never answered. */
  readonly lost: number;
}

/** Beats on kept-alive connections, one after the other, until the gateway takes no connection any more. */
function beatUntilRefused(gateway: GatewayProcess, sessionToken: string, sessionId: string, workers: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: workers });
  const statuses = new Set<number>();
  let [answered, lost, seq] = [0, 0, 0];
  const beatOnce = () =>
    new Promise<boolean>((resolve) => {
      const headers = { authorization: `Bearer ${sessionToken}`, 'content-type': 'application/json' };
      const sent = request(`${gateway.baseUrl}/v1/sessions/${sessionId}/heartbeats`, {
        method: 'POST',
        agent,
        headers,
      });
      sent.on('response', (response) => {
        answered++;
        statuses.add(response.statusCode ?? 0);
        response.resume().on('end', () => resolve(true));
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNREFUSED') lost++;
        resolve(false);
      });
      sent.end(JSON.stringify({ seq: ++seq, state: 'active' }));
    });
  const work = async () => {
    while (await beatOnce());
  };
  const done = Promise.all(Array.from({ length: workers }, work)).then((): Load => {
    agent.destroy();
    return { answered, statuses, lost };
  });
  return { done, answeredSoFar: () => answered };
}

describe.each(['memory', 'redis'])('a gateway on the embedded %s store', (store) => {
  const env = { PLAYGATE_STORE: store, PLAYGATE_LOG_LEVEL: 'warn' };

  it('answers every heartbeat it took when it is told to stop, ends with 0 and keeps its books', async () => {
    const gateway = await GatewayProcess.start(env);
    const { token, playerId, sessionId, sessionToken } = await openSession(gateway);
    const load = beatUntilRefused(gateway, sessionToken, sessionId, 20);
    while (load.answeredSoFar() < 300) await new Promise((resolve) => setImmediate(resolve));
    const before = await gateway.get(`/v1/players/${playerId}/playtime`, token);
    const code = await gateway.end('SIGTERM');
    const { lost, statuses } = await load.done;
    expect([code, lost, [...statuses]]).toEqual([0, 0, [200]]);

    const again = await GatewayProcess.start(env);
    const after = (await again.get(`/v1/players/${playerId}/playtime`, token)) as { totalMs: number };
    expect(after.totalMs).toBeGreaterThanOrEqual((before as { totalMs: number }).totalMs);
    expect(after.totalMs).toBeGreaterThan(0);
    expect(await again.end('SIGINT')).toBe(0);
    expect(again.output).not.toContain('"level":50');
  });
});

it('finds its Redis again after a kill, and ends it with itself', async () => {
  const env = { PLAYGATE_STORE: 'redis', PLAYGATE_LOG_LEVEL: 'warn' };
  const first = await GatewayProcess.start(env);
  const { token, playerId } = await openSession(first);
  const pid = Number(await readFile(path.join(dataDir, 'redis/redis.pid'), 'utf8'));
  await first.end('SIGKILL');
  expect(() => process.kill(pid, 0)).not.toThrow();

  const second = await GatewayProcess.start(env);
  expect(Number(await readFile(path.join(dataDir, 'redis/redis.pid'), 'utf8'))).toBe(pid);
  expect(await second.get(`/v1/players/${playerId}/playtime`, token)).toMatchObject({ playerId });
  await second.end('SIGTERM');
  // Removed by Redis itself as the last thing of an orderly end.
  await expect(stat(path.join(dataDir, 'redis/redis.pid'))).rejects.toThrow('ENOENT');
});

it('starts its Redis again when that dies, and keeps what was synced', async () => {
  const gateway = await GatewayProcess.start({ PLAYGATE_STORE: 'redis' });
  const { token, playerId } = await openSession(gateway);
  const readPid = () => readFile(path.join(dataDir, 'redis/redis.pid'), 'utf8').catch(() => '');
  const first = await readPid();
  process.kill(Number(first), 'SIGKILL');
  while (!gateway.output.includes('is started again')) await once(gateway.child.stderr!, 'data');
  const isReady = () => fetch(`${gateway.baseUrl}/readyz`).then(({ status }) => status === 200);
  while ((await readPid()) === first || !(await isReady()));
  expect(await gateway.get(`/v1/players/${playerId}/playtime`, token)).toMatchObject({ playerId });
  expect(await gateway.end('SIGTERM')).toBe(0);
});

it('says what is wrong with the settings and ends with 1', async () => {
  await expect(GatewayProcess.start({ PORT: 'http', PLAYGATE_STORE: 'disk' })).rejects.toThrow(
    /bad settings:\n {2}PORT: .*\n {2}PLAYGATE_STORE: /,
  );
});

it('lets nobody else read its secrets, and no second gateway use its data', async () => {
  const gateway = await GatewayProcess.start({ PLAYGATE_STORE: 'memory' });
  for (const name of ['admin-token', 'secrets.json']) {
    expect((await stat(path.join(dataDir, name))).mode & 0o077).toBe(0);
  }
  await expect(GatewayProcess.start({ PLAYGATE_STORE: 'memory' })).rejects.toThrow('the data directory is in use');
  expect(await gateway.end('SIGTERM')).toBe(0);
});
