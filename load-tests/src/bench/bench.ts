// What the figures share: sizes, the load generator, and servers that are started when the first of them needs them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DatabaseServer, freePort, startPostgres } from '../servers.ts';
import type { BenchArguments } from './arguments.ts';
import { type GatewayLaunch, NODE_FLAGS } from './gateway.ts';
import type { SeededSession } from './ledger/seed.ts';
import { bareHeartbeats, heartbeats, RECORDED } from './ledger/workloads.ts';
import { LoadGenerator } from './load/load-generator.ts';
import { isListening, Program, until } from './processes.ts';
import { FULL, QUICK, type Sizes } from './sizes.ts';
import { World } from './world.ts';

/** Part of every right answer of the gateway to a heartbeat far from any limit. */
export const GOES_ON = '"verdict":"continue"';

/** The world of most figures: one gateway, and the baselines beside it on the same Redis with the same sessions. */
export interface MainWorld {
  readonly world: World;
  readonly sessions: readonly SeededSession[];
  /** File of the heartbeats of these sessions. */
  readonly singles: string;
  readonly bareSingles: string;
}

export interface Baseline {
  readonly program: Program;
  readonly port: number;
}

export class Bench implements AsyncDisposable {
  readonly sizes: Sizes;
  readonly isQuick: boolean;
  readonly generator = new LoadGenerator();
  /** Heartbeats a second of the gateway, once S1 has found it. */
  gatewayPerSecond: number | null = null;
  readonly #directory = mkdtempSync(path.join(tmpdir(), 'playgate-bench-'));
  readonly #opened: AsyncDisposable[] = [];
  #ended: Promise<void> | null = null;
  #files = 0;
  #databases = 0;
  #postgres: Promise<DatabaseServer> | null = null;
  #main: Promise<MainWorld> | null = null;
  #expressSingles: Promise<string> | null = null;
  readonly #baselines = new Map<string, Promise<Baseline>>();

  constructor({ isQuick }: BenchArguments) {
    this.isQuick = isQuick;
    this.sizes = isQuick ? QUICK : FULL;
  }

  /** Ends with the bench unless it is disposed of before. */
  async startWorld(launch: GatewayLaunch = {}): Promise<World> {
    this.#postgres ??= startPostgres().then((server) => this.#keep(server));
    const postgres = await this.#postgres;
    return this.#keep(await World.start(await postgres.createDatabase(`bench_${++this.#databases}`), launch));
  }

  main(): Promise<MainWorld> {
    this.#main ??= this.#openMain();
    return this.#main;
  }

  async #openMain(): Promise<MainWorld> {
    const world = await this.startWorld();
    const sessions = await world.seed.open(this.sizes.sessions);
    const singles = this.writeFile(await heartbeats(world, sessions, GOES_ON));
    return { world, sessions, singles, bareSingles: this.writeFile(bareHeartbeats(world, sessions)) };
  }

  /** The same heartbeats, to a server that answers as the baselines do. */
  expressSingles(): Promise<string> {
    this.#expressSingles ??= this.main().then(async ({ sessions, world }) =>
      this.writeFile(await heartbeats(world, sessions, RECORDED)),
    );
    return this.#expressSingles;
  }

  /** A server of baselines/ on the main world's Redis. */
  baseline(file: 'bare-server.ts' | 'express-server.ts'): Promise<Baseline> {
    const started = this.#baselines.get(file) ?? this.#startBaseline(file);
    this.#baselines.set(file, started);
    return started;
  }

  async #startBaseline(file: string): Promise<Baseline> {
    const { gateway } = (await this.main()).world;
    const port = await freePort();
    const script = path.join(import.meta.dirname, 'baselines', file);
    const program = this.#keep(
      new Program(process.execPath, [...NODE_FLAGS, '--conditions=@playgate/source', script], {
        BENCH_PORT: String(port),
        BENCH_REDIS_URL: gateway.redisUrl,
        BENCH_ISSUER: gateway.issuer,
        BENCH_TOKEN_KEY: Buffer.from((await gateway.openTokens()).key).toString('hex'),
      }),
    );
    await until(file, () => isListening(port), program);
    return { program, port };
  }

  /** A file for the load process, gone with the bench. */
  writeFile(content: object): string {
    const file = path.join(this.#directory, `${++this.#files}.json`);
    writeFileSync(file, JSON.stringify(content));
    return file;
  }

  #keep<Part extends AsyncDisposable>(part: Part): Part {
    this.#opened.push(part);
    return part;
  }

  /** Calling it again waits for the same end. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.generator[Symbol.dispose]();
    for (const part of this.#opened.reverse()) await part[Symbol.asyncDispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
