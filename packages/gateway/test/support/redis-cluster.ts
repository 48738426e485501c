// A real Redis Cluster on loopback: three primaries with a replica each, gone with the test.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { freePort } from './redis-server.ts';

const PRIMARIES = 3;
const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 1_000;
const FORMED_MS_MAX = 30_000;
const POLL_MS = 50;
/** A node's bus listens this far above its port. */
const BUS_OFFSET = 10_000;
const PORT_MAX = 65_535 - BUS_OFFSET;

interface Node {
  readonly port: number;
  readonly directory: string;
  readonly child: ChildProcess;
  readonly client: Redis;
}

export class RedisCluster implements AsyncDisposable {
  readonly url: string;
  readonly #nodes: readonly Node[];

  private constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
    this.url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  static async start(): Promise<RedisCluster> {
    const nodes: Node[] = [];
    for (let index = 0; index < 2 * PRIMARIES; index++) nodes.push(await startNode());
    const cluster = new RedisCluster(nodes);
    try {
      await cluster.#form();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #form(): Promise<void> {
    const addresses = this.#nodes.map(({ port }) => `127.0.0.1:${port}`);
    await promisify(execFile)('redis-cli', [
      ...['--cluster', 'create', ...addresses],
      ...['--cluster-replicas', '1', '--cluster-yes'],
    ]);
    await this.settled();
  }

  /** Every node sees all slots served, and every replica follows its primary. */
  settled(): Promise<void> {
    return until('settled', () => this.#isSettled());
  }

  /** `settled`, and no replica lacks anything of what was written before. Not for times of load. */
  async replicated(): Promise<void> {
    await this.settled();
    await until('replicated', async () => {
      const facts = await Promise.all(this.#nodes.filter(isRunning).map(({ client }) => client.info('replication')));
      return facts.every(hasGivenAll);
    });
  }

  async #isSettled(): Promise<boolean> {
    for (const { client } of this.#nodes.filter(isRunning)) {
      const facts = String(await client.cluster('INFO'));
      const isServed = facts.includes('cluster_state:ok') && facts.includes(`cluster_slots_ok:${SLOTS}`);
      if (!isServed || !/role:master|master_link_status:up/.test(await client.info('replication'))) return false;
    }
    return true;
  }

  async #ownerOf(slot: number): Promise<Node> {
    for (const node of this.#nodes.filter(isRunning)) {
      const ranges = await node.client.cluster('SLOTS');
      const range = ranges.find(([from, to]) => slot >= from && slot <= to);
      const owner = this.#nodes.find(({ port }) => port === range?.[2]?.[1]);
      if (owner !== undefined) return owner;
    }
    throw new Error(`slot ${slot} is nobody's`);
  }

  async slotOf(key: string): Promise<number> {
    return Number(await this.#nodes.find(isRunning)!.client.cluster('KEYSLOT', key));
  }

  /** Port of the primary that holds a key. */
  async portOf(key: string): Promise<number> {
    return (await this.#ownerOf(await this.slotOf(key))).port;
  }

  /** kill -9 of the primary that holds a key. */
  async killPrimaryOf(key: string): Promise<void> {
    const { child } = await this.#ownerOf(await this.slotOf(key));
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** An ordered change of places, as for maintenance. */
  async failOver(key: string): Promise<void> {
    const owner = await this.#ownerOf(await this.slotOf(key));
    const ownerId = await owner.client.cluster('MYID');
    for (const { client } of this.#nodes.filter(isRunning)) {
      const self = String(await client.cluster('NODES'))
        .split('\n')
        .find((line) => line.includes('myself'));
      if (self?.includes('slave') && self.includes(String(ownerId))) await client.cluster('FAILOVER');
    }
  }

  /** Moves the slot of a key to another primary, a few keys at a time; `between` runs while it is on its way. */
  async moveSlotOf(key: string, between: () => Promise<void>): Promise<void> {
    const slot = await this.slotOf(key);
    const source = await this.#ownerOf(slot);
    const target = await this.#ownerOf(((slot + SLOTS / PRIMARIES) % SLOTS) | 0);
    const [sourceId, targetId] = [await source.client.cluster('MYID'), await target.client.cluster('MYID')];
    await target.client.cluster('SETSLOT', slot, 'IMPORTING', String(sourceId));
    await source.client.cluster('SETSLOT', slot, 'MIGRATING', String(targetId));
    for (;;) {
      const moving = (await source.client.cluster('GETKEYSINSLOT', slot, 5)) as string[];
      if (moving.length === 0) break;
      await source.client.call('MIGRATE', '127.0.0.1', target.port, '', 0, 5_000, 'KEYS', ...moving);
      await between();
    }
    for (const { client } of [target, source]) await client.cluster('SETSLOT', slot, 'NODE', String(targetId));
  }

  async flush(): Promise<void> {
    for (const { client } of this.#nodes.filter(isRunning)) await client.flushall().catch(() => undefined);
  }

  async forgetScripts(): Promise<void> {
    for (const { client } of this.#nodes.filter(isRunning)) await client.script('FLUSH');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child, client, directory } of this.#nodes) {
      client.disconnect();
      if (isRunning({ child })) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

async function until(state: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + FORMED_MS_MAX;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`the cluster has not ${state} within ${FORMED_MS_MAX} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** By a node's own facts: each of its replicas, if it has any, has said that it has everything. */
function hasGivenAll(replication: string): boolean {
  const written = /^master_repl_offset:(\d+)/m.exec(replication)?.[1];
  return [...replication.matchAll(/^slave\d+:.*\boffset=(\d+)/gm)].every(([, received]) => received === written);
}

function isRunning({ child }: Pick<Node, 'child'>): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function startNode(): Promise<Node> {
  const port = await clusterPort();
  const directory = mkdtempSync(path.join(tmpdir(), 'playgate-cluster-'));
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: directory,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    'cluster-enabled': 'yes',
    'cluster-node-timeout': NODE_TIMEOUT_MS,
    // One lost shard is no reason to refuse the players of the others.
    'cluster-require-full-coverage': 'no',
    'repl-diskless-sync-delay': 0,
    'cluster-replica-validity-factor': 0,
  };
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', words, { stdio: 'ignore' });
  const client = new Redis({ port, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  while ((await client.ping().catch(() => '')) !== 'PONG');
  return { port, directory, child, client };
}

async function clusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port <= PORT_MAX) return port;
  }
}
