// One soak: a world with a gateway that can be looked into, caches that are full, players, and a sample for every window of load.
import { type ChildProcess, fork } from 'node:child_process';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Bench } from '../bench/bench.ts';
import type { Finding } from '../bench/finding.ts';
import { heartbeats } from '../bench/ledger/workloads.ts';
import { LoadGenerator } from '../bench/load/load-generator.ts';
import { median } from '../bench/statistics.ts';
import type { World } from '../bench/world.ts';
import { LONG_POLICY, SHORT_POLICY, writePolicies } from '../chaos/policy.ts';
import { freePort } from '../servers.ts';
import type { SoakArguments } from './arguments.ts';
import type { PlayersMessage, PlayOrder, WindowTally } from './messages.ts';
import { flagsOf, Probe } from './probe.ts';
import { judge, type Sample, type SoakFacts, type SoakFigure } from './verdict.ts';

/** The law's beat; in one of the two games a day of five minutes, so that players come to the end of theirs. */
const PACE = { intervalMs: 30_000, leaseMs: 90_000, reviveMs: 300_000, shortLimitMs: 300_000 } as const;
/** Sessions for each heartbeat a second: each beats every two seconds, so that many begin and end at the same rate of beats. */
const SESSIONS_PER_RATE = 2;
/** More than there are beats under way and players on their way from one session to the next. */
const SESSIONS_MIN = 200;
/** Of what heartbeats alone reach: players who come and go, and their record, take as much of the machine again. */
const LOAD_SHARE = 0.25;
const RATE_ROUNDS = 3;
const RATE_ROUND_MS = 3_000;
/**
 * Sessions that a gateway has seen before: more than it remembers the tokens of (100,000), and so many more that the tables of
 * its caches have reached their size too. Else what is measured is how a cache fills.
 */
const SESSIONS_SEEN = 150_000;
const SESSIONS_SEEN_AT_ONCE = 25_000;
/** Shorter soaks show that all runs; their heap is that of caches that fill. */
const FILLED_FROM_MIN = 5;
/** The target's; what is shorter is told as reduced. */
const MINUTES_TARGET = 20;
const WINDOW_MS = { min: 2_000, max: 10_000 } as const;
const WINDOWS_MIN = 30;
const WARM_UP_MS_MAX = 300_000;
const WARM_UP_SHARE = 0.25;
const SNAPSHOT_AT_SHARE = 0.5;
/** A collection in so many samples: each stops the gateway, and the latencies of the others are to be true. */
const COLLECT_EVERY = 3;
const ENDED = '"verdict":"end"';
const MS_PER_MIN = 60_000;

interface Watch {
  readonly gatewayLog: () => string;
  readonly warmUpMs: number;
}

export class Soak implements AsyncDisposable {
  readonly #wanted: SoakArguments;
  readonly #bench = new Bench({ isQuick: true, only: new Set() });
  #players: ChildProcess | null = null;

  constructor(wanted: SoakArguments) {
    this.#wanted = wanted;
  }

  async run(): Promise<readonly Finding<SoakFigure>[]> {
    const { minutes } = this.#wanted;
    const inspectorPort = await freePort();
    const world = await this.#startWorld(inspectorPort);
    const perSecond = this.#wanted.perSecond ?? (await this.#findRate(world));
    if (minutes >= FILLED_FROM_MIN) await fillCaches(this.#bench, world);
    using probe = await Probe.open(world, inspectorPort);
    const windowMs = Math.min(WINDOW_MS.max, Math.max(WINDOW_MS.min, (minutes * MS_PER_MIN) / WINDOWS_MIN));
    const facts: SoakFacts = {
      perSecond,
      windowMs,
      warmUpMs: Math.min(WARM_UP_MS_MAX, minutes * MS_PER_MIN * WARM_UP_SHARE),
      reduced: minutes < MINUTES_TARGET ? `${minutes} min` : null,
    };
    const order = await orderOf(world, facts, Math.round((minutes * MS_PER_MIN) / windowMs));
    const samples = await this.#play(order, probe, {
      gatewayLog: () => world.gateway.program.errors,
      warmUpMs: facts.warmUpMs,
    });
    await this.#writeHeap(probe, 'at-the-end');
    return judge(samples, facts);
  }

  async #startWorld(inspectorPort: number): Promise<World> {
    const policies = mkdtempSync(path.join(tmpdir(), 'playgate-soak-'));
    writePolicies(policies, PACE);
    const world = await this.#bench.startWorld({
      flags: flagsOf(inspectorPort),
      env: { PLAYGATE_POLICY_DIR: policies },
    });
    for (const policyId of [LONG_POLICY, SHORT_POLICY]) {
      await world.gateway.call('/v1/games', {
        gameId: policyId,
        title: policyId,
        class: 'G1',
        rating: '00+',
        policyId,
      });
    }
    return world;
  }

  async #findRate(world: World): Promise<number> {
    const { connections, sessions } = this.#bench.sizes;
    const workload = this.#bench.writeFile(await heartbeats(world, await world.seed.open(sessions), '"verdict"'));
    const speeds: number[] = [];
    for (let round = 0; round < RATE_ROUNDS; round++) {
      const { port } = world.gateway;
      const load = { kind: 'closed', workload, port, connections, durationMs: RATE_ROUND_MS } as const;
      const { answered, durationMs } = await this.#bench.generator.run(load);
      speeds.push((answered * 1000) / durationMs);
    }
    const perSecond = Math.round(median(speeds) * LOAD_SHARE);
    console.error(`soak: ${Math.round(median(speeds))} heartbeats/s at most, so ${perSecond}/s`);
    return perSecond;
  }

  /** A sample for every window. Rejects when the load breaks off. */
  async #play(order: PlayOrder, probe: Probe, { gatewayLog, warmUpMs }: Watch): Promise<readonly Sample[]> {
    const players = fork(path.join(import.meta.dirname, 'players-process.ts'), {
      execArgv: ['--conditions=@playgate/source'],
    });
    this.#players = players;
    const samples: Sample[] = [];
    // It stops the gateway for seconds, and what comes of that is over when samples count.
    const snapshotAt = Math.floor((warmUpMs * SNAPSHOT_AT_SHARE) / order.windowMs);
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    const take = async (window: WindowTally) => {
      const index = samples.length;
      const reading = await probe.read({ collects: index % COLLECT_EVERY === 0 });
      const sample = { atMs: (index + 1) * order.windowMs, window, reading };
      samples.push(sample);
      this.#tell(sample);
      if (index === snapshotAt) await this.#writeHeap(probe, 'in-the-warm-up');
    };
    let taking: Promise<void> = Promise.resolve();
    players.on('message', (message: PlayersMessage) => {
      if (message.kind === 'window') taking = taking.then(() => take(message.tally));
      else if (message.kind === 'over') taking.then(resolve, reject);
      else if (message.kind === 'broken') reject(new Error(message.error));
      else
        console.error(`soak: ${order.sessions} sessions are open, ${Math.round(order.perSecond)} heartbeats/s begin`);
      taking.catch(reject);
    });
    players.once('exit', (code) => reject(new Error(`the players ended with ${code}`)));
    players.send(order);
    await promise.finally(() => tellLog(gatewayLog()));
    players.disconnect();
    return samples;
  }

  async #writeHeap(probe: Probe, when: string): Promise<void> {
    const folder = this.#wanted.snapshotsFolder;
    if (folder !== null) await probe.writeSnapshot(path.join(folder, `${when}.heapsnapshot`));
  }

  #tell(sample: Sample): void {
    const { atMs, reading, window } = sample;
    const line = JSON.stringify({ at: new Date().toISOString(), ...sample });
    if (this.#wanted.samplesFile !== null) appendFileSync(this.#wanted.samplesFile, `${line}\n`);
    if (reading.aliveBytes === null) return;
    const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
    console.error(
      `soak: ${Math.round(atMs / 1000)} s, heap ${(reading.aliveBytes / 2 ** 20).toFixed(2)} MB, rss ${mb(reading.rssBytes)} MB, ` +
        `${reading.files} files, ${reading.eventsWaiting} events wait, p99 ${window.latencyMs.p99.toFixed(1)} ms, ` +
        `${window.failed} failed, ${window.shed} refused`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#players?.connected) this.#players.disconnect();
    await this.#bench[Symbol.asyncDispose]();
  }
}

function tellLog(end: string): void {
  if (end !== '') console.error(`soak: the log of the gateway ends with:\n${end}`);
}

async function orderOf({ gateway }: World, facts: SoakFacts, windows: number): Promise<PlayOrder> {
  const { publishableKey, secretKey } = gateway.demo;
  return {
    url: gateway.url,
    port: gateway.port,
    publishableKey,
    secretKey,
    gameId: LONG_POLICY,
    shortGameId: SHORT_POLICY,
    sessions: Math.max(SESSIONS_MIN, Math.ceil(facts.perSecond * SESSIONS_PER_RATE)),
    perSecond: facts.perSecond,
    windowMs: facts.windowMs,
    windows,
  };
}

/** As a gateway that has served for a day: it has seen a beat of more sessions than it remembers. */
async function fillCaches(bench: Bench, world: World): Promise<void> {
  const { connections } = bench.sizes;
  for (let seen = 0; seen < SESSIONS_SEEN; seen += SESSIONS_SEEN_AT_ONCE) {
    const ended = await world.seed.playAndLeave(SESSIONS_SEEN_AT_ONCE);
    const workload = bench.writeFile(await heartbeats(world, ended, ENDED));
    // It remembers every workload that it was given.
    using generator = new LoadGenerator();
    await generator.run({ kind: 'once', workload, port: world.gateway.port, connections });
  }
  console.error(`soak: the gateway has seen ${SESSIONS_SEEN} sessions`);
}
