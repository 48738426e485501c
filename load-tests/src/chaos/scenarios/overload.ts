// Three times the heartbeats that one gateway can answer.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Load, LoadReply, LoadResult } from '../../bench/load/messages.ts';
import { requestHead, SEQ, type WorkloadFile } from '../../bench/load/workload.ts';
import { cpuSecondsOf } from '../../bench/processes.ts';
import { atLeast, atMost, type Outcome } from '../finding.ts';
import type { HistoryPlayer } from '../player.ts';
import { waitedMsOf } from '../processor-waits.ts';
import { type Scenario, wait } from '../scenario.ts';
import { Stage, type Suite } from '../stage.ts';

const OVERLOAD = 3;
const GOODPUT_MIN = 0.8;
/**
 * Of the time in which the gateway ran or slept, not of that in which it got no processor: one that idles behind slow calls takes
 * no processor time either. Less than the other, for Redis and the generator want the same processors.
 */
const GOODPUT_OF_TIME_MIN = 0.5;
const RAISED_MS_MAX = 10_000;
const REFUSED_WHEN_OBEYED_MAX = 0.005;
const PLAYERS = 600;
const CLOSING = 60;
const CALM_CONNECTIONS = 64;
const BUSY_CONNECTIONS = 4_000;
const CALM_MS = 3_000;
/** Of arrivals: answering them takes as much longer as they are too many. */
const BUSY_MS = 4_000;
const OBEYED_MS = 4_000;
const CLOSE_EVERY_MS = 250;
const BASE_INTERVAL_MS = 30_000;

export const overload: Scenario = {
  name: 'overload',
  targets: [14],
  what: 'three times the heartbeats that the gateway can answer: 80 % of them are, the pace rises, ends are never refused',
  run: overloadGateway,
};

/**
 * Clients that beat every 30 s have not been told of another pace before they come again: for the first seconds all of the
 * load is there, and then as much of it as they were asked for.
 */
async function overloadGateway(suite: Suite): Promise<Outcome> {
  const pace = { intervalMs: BASE_INTERVAL_MS, leaseMs: 90_000, reviveMs: 300_000, shortLimitMs: 600_000 };
  await using stage = await Stage.open(suite, { pace, env: { PLAYGATE_SHED_LOAD: 'on' } });
  const players = await stage.openPlayers(PLAYERS, { beatEveryMs: BASE_INTERVAL_MS }, { hasShort: false });
  const workload = writeWorkload(stage, players.slice(CLOSING));
  const port = Number(new URL(stage.gateway.url).port);
  using generator = new Generator(stage);
  const calm = await generator.run({
    kind: 'closed',
    connections: CALM_CONNECTIONS,
    durationMs: CALM_MS,
    workload,
    port,
  });
  const perSecond = goodPerSecond(calm) * OVERLOAD;
  const watch = new EndWatch(stage, players.slice(0, CLOSING));
  const watching = watch.run();
  const open = { kind: 'open', connections: BUSY_CONNECTIONS, workload, port } as const;
  const busy = await generator.run({ ...open, perSecond, durationMs: BUSY_MS });
  watch.isOver = true;
  await watching;
  const obeyed = perSecond * (BASE_INTERVAL_MS / watch.nextHeartbeatMs);
  const after = await generator.run({ ...open, perSecond: obeyed, durationMs: OBEYED_MS });
  return {
    bounds: {
      goodputShare: atLeast(GOODPUT_MIN),
      goodputOfTime: atLeast(GOODPUT_OF_TIME_MIN),
      raisedAfterMs: atMost(RAISED_MS_MAX),
      refusedWhenObeyed: atMost(REFUSED_WHEN_OBEYED_MAX),
      closesRefused: atMost(0),
      closes: atLeast(1),
    },
    measured: {
      goodputShare: busy.goodOfWork / calm.goodOfWork,
      goodputOfTime: busy.goodOfTime / calm.goodOfTime,
      goodputOfTimeRaw: goodPerSecond(busy) / goodPerSecond(calm),
      busyWaitedMs: busy.waitedMs,
      capacityPerS: goodPerSecond(calm),
      offeredPerS: perSecond,
      refusedShare: busy.failed / busy.answered,
      refusedWhenObeyed: after.failed / after.answered,
      nextHeartbeatMs: watch.nextHeartbeatMs,
      raisedAfterMs: watch.raisedAfterMs ?? Number.MAX_SAFE_INTEGER,
      closes: watch.closes,
      closesRefused: watch.refusals.length,
      generatorCores: busy.generatorCores,
    },
    failures: watch.refusals.slice(0, 1),
  };
}

const goodPerSecond = ({ answered, durationMs, failed }: LoadResult) => ((answered - failed) * 1_000) / durationMs;

function writeWorkload(stage: Stage, players: readonly HistoryPlayer[]): string {
  const requests = players.map(({ facts }) => ({
    head: requestHead(`/v1/sessions/${facts.sessionId}/heartbeats`, { authorization: `Bearer ${facts.sessionToken}` }),
    body: `{"seq":${SEQ},"state":"active"}`,
  }));
  const file = path.join(stage.folder, 'workload.json');
  writeFileSync(file, JSON.stringify({ requests, expect: '"verdict":"continue"' } satisfies WorkloadFile));
  return file;
}

interface Worked extends LoadResult {
  /**
   * Right answers for each second of the processor that the gateway got, or of time where the system does not tell: on a machine that is
   * shared, the generator and the neighbours take what the gateway would have.
   */
  readonly goodOfWork: number;
  /** Right answers for each second in which the gateway was not kept from running. */
  readonly goodOfTime: number;
  /** In which it was. */
  readonly waitedMs: number;
}

/** The load process of the benchmark, whose wrong answers are part of what is measured here. */
class Generator implements Disposable {
  readonly #child = fork(path.join(import.meta.dirname, '../../bench/load/load-process.ts'), {
    execArgv: ['--conditions=@playgate/source'],
  });
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async run(load: Load): Promise<Worked> {
    const { pid } = this.#stage.gateway;
    const before = cpuSecondsOf(pid);
    const waitedBefore = waitedMsOf(pid);
    const answered = once(this.#child, 'message') as Promise<[LoadReply]>;
    this.#child.send(load);
    const [reply] = await answered;
    if ('error' in reply) throw new Error(`load: ${reply.error}`);
    const { result } = reply;
    const after = cpuSecondsOf(pid);
    const workedS = before === null || after === null ? result.durationMs / 1_000 : after - before;
    const waitedMs = Math.min(result.durationMs, waitedMsOf(pid) - waitedBefore);
    const good = result.answered - result.failed;
    const goodOfTime = (good * 1_000) / Math.max(1, result.durationMs - waitedMs);
    return { ...result, goodOfWork: good / workedS, goodOfTime, waitedMs };
  }

  [Symbol.dispose](): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

/** Sessions that end in the middle of it, and what their last heartbeat is told of the pace. */
class EndWatch {
  isOver = false;
  closes = 0;
  readonly refusals: string[] = [];
  raisedAfterMs: number | null = null;
  /** The last that was told. */
  nextHeartbeatMs = BASE_INTERVAL_MS;
  readonly #stage: Stage;
  readonly #players: readonly HistoryPlayer[];

  constructor(stage: Stage, players: readonly HistoryPlayer[]) {
    this.#stage = stage;
    this.#players = players;
  }

  async run(): Promise<void> {
    const startedAt = performance.now();
    for (const { facts } of this.#players) {
      if (this.isOver) return;
      const at = `/v1/sessions/${facts.sessionId}`;
      const beat = await this.#stage.client.post(`${at}/heartbeats`, facts.sessionToken, { seq: 1, state: 'active' });
      if (beat.status === 200)
        this.nextHeartbeatMs = (beat.body as { readonly nextHeartbeatMs: number }).nextHeartbeatMs;
      if (this.nextHeartbeatMs > BASE_INTERVAL_MS) this.raisedAfterMs ??= performance.now() - startedAt;
      const closed = await this.#stage.client.post(`${at}/close`, facts.sessionToken, { reason: 'quit' });
      this.closes += 1;
      if (closed.status !== 200)
        this.refusals.push(`a close was answered with ${closed.status} ${JSON.stringify(closed.body)}`);
      await wait(CLOSE_EVERY_MS);
    }
  }
}
