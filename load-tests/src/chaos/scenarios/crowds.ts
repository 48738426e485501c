// Ten thousand players who start in one second, and three times the load that a gateway can carry.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { firstDelayMs, pacedDelayMs, retryDelayMs } from '../../../../packages/sdk/src/transport/backoff.ts';
import type { Load, LoadReply, LoadResult } from '../../bench/load/messages.ts';
import { requestHead, SEQ, type WorkloadFile } from '../../bench/load/workload.ts';
import { atLeast, atMost, type Outcome } from '../finding.ts';
import type { HistoryPlayer } from '../player.ts';
import { LONG_POLICY } from '../policy.ts';
import type { Scenario } from '../scenario.ts';
import { wait } from '../scenario.ts';
import { Stage, type Suite } from '../stage.ts';

const STARTS = 10_000;
/** Verifying is another matter, and slow where the machine is: each player starts on several devices. */
const STARTS_OF_PLAYER = 5;
const PEAK_SHARE_MAX = 2;
const AT_ONCE_MAX = 64;
const CROWD_INTERVAL_MS = 10_000;
const CROWD_INTERVAL_FULL_MS = 30_000;
const INTERVALS_WATCHED = 2;
const STARTED_MS_MAX = 60_000;

const startsTogether: Scenario = {
  name: 'starts-together',
  targets: [14],
  what: '10,000 starts at the same second, beaten for at the pace of the SDK: no second has twice the mean of heartbeats',
  run: startTogether,
};

async function startTogether(suite: Suite): Promise<Outcome> {
  const intervalMs = suite.isFull ? CROWD_INTERVAL_FULL_MS : CROWD_INTERVAL_MS;
  const pace = { intervalMs, leaseMs: 3 * intervalMs, reviveMs: 300_000, shortLimitMs: 60_000 };
  await using stage = await Stage.open(suite, { pace });
  const tokens: string[] = [];
  await inTurns(STARTS / STARTS_OF_PLAYER, async (index) => {
    const { ageToken } = await stage.verify(`crowd-${index}`);
    for (let device = 0; device < STARTS_OF_PLAYER; device++) tokens.push(ageToken);
  });
  const crowd = new Crowd(stage);
  const startedAt = performance.now();
  await Promise.all(tokens.map((ageToken) => crowd.start(ageToken)));
  const startsMs = performance.now() - startedAt;
  await wait(intervalMs * INTERVALS_WATCHED);
  crowd.stop();
  const perSecond = crowd.perSecond.slice(1, -1);
  const mean = perSecond.reduce((all, count) => all + count, 0) / perSecond.length;
  return {
    bounds: {
      peakOverMean: atMost(PEAK_SHARE_MAX),
      startsMs: atMost(STARTED_MS_MAX),
      started: atLeast(STARTS),
      beatsFailed: atMost(0),
    },
    measured: {
      peakOverMean: Math.max(...perSecond) / mean,
      startsMs,
      started: crowd.started,
      startsPutOff: crowd.putOff,
      beatsFailed: crowd.failed,
      beatsPerS: mean,
    },
    failures: [],
    ...(!suite.isFull && { reduced: `a heartbeat every ${intervalMs / 1_000} s; --full: every 30 s` }),
  };
}

/** Beats of many sessions, with the delays of the shipped SDK. */
class Crowd {
  started = 0;
  putOff = 0;
  failed = 0;
  readonly perSecond: number[] = [];
  readonly #stage: Stage;
  readonly #since = performance.now();
  #isOver = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  stop(): void {
    this.#isOver = true;
  }

  async start(ageToken: string): Promise<void> {
    const { client, publishableKey } = this.#stage;
    for (let failures = 1; ; failures++) {
      const { body, retryAfterS, status } = await client.post('/v1/sessions', publishableKey, {
        ageToken,
        gameId: LONG_POLICY,
      });
      if (status === 201) {
        this.started += 1;
        void this.#beat(body as Beaten);
        return;
      }
      this.putOff += 1;
      await wait(retryDelayMs(failures, retryAfterS === null ? null : retryAfterS * 1_000, Math.random()));
    }
  }

  async #beat({ nextHeartbeatMs, sessionId, sessionToken }: Beaten): Promise<void> {
    let delayMs = firstDelayMs(nextHeartbeatMs, Math.random());
    for (let seq = 1; ; seq++) {
      await wait(delayMs);
      if (this.#isOver) return;
      const second = Math.floor((performance.now() - this.#since) / 1_000);
      this.perSecond[second] = (this.perSecond[second] ?? 0) + 1;
      const { body, status } = await this.#stage.client.post(`/v1/sessions/${sessionId}/heartbeats`, sessionToken, {
        seq,
        state: 'active',
      });
      if (status !== 200) this.failed += 1;
      const asked = status === 200 ? (body as Beaten).nextHeartbeatMs : nextHeartbeatMs;
      delayMs = pacedDelayMs(asked, Math.random());
    }
  }
}

interface Beaten {
  readonly sessionId: string;
  readonly sessionToken: string;
  readonly nextHeartbeatMs: number;
}

async function inTurns(count: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const runSome = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE_MAX }, runSome));
}

const OVERLOAD = 3;
const GOODPUT_MIN = 0.8;
const RAISED_MS_MAX = 10_000;
const LOADED_PLAYERS = 1_000;
const CALM_CONNECTIONS = 64;
const BUSY_CONNECTIONS = 4_000;
const CALM_MS = 4_000;
const BUSY_MS = 8_000;
const CLOSE_EVERY_MS = 250;
const BASE_INTERVAL_MS = 30_000;

const overload: Scenario = {
  name: 'overload',
  targets: [14],
  what: 'three times the heartbeats that the gateway can answer: 80 % of them are, the pace rises, ends are never refused',
  run: overloadGateway,
};

async function overloadGateway(suite: Suite): Promise<Outcome> {
  const pace = { intervalMs: BASE_INTERVAL_MS, leaseMs: 90_000, reviveMs: 300_000, shortLimitMs: 600_000 };
  await using stage = await Stage.open(suite, { pace });
  const players = await stage.openPlayers(LOADED_PLAYERS, { beatEveryMs: BASE_INTERVAL_MS }, false);
  const workload = writeWorkload(stage, players.slice(LOADED_PLAYERS / 10));
  const port = Number(new URL(stage.gateway.url).port);
  using generator = new Generator();
  const calm = await generator.run({
    kind: 'closed',
    workload,
    port,
    connections: CALM_CONNECTIONS,
    durationMs: CALM_MS,
  });
  const capacity = goodPerSecond(calm);
  const watch = new EndWatch(stage, players.slice(0, LOADED_PLAYERS / 10));
  const watching = watch.run();
  const busy = await generator.run({
    kind: 'open',
    workload,
    port,
    connections: BUSY_CONNECTIONS,
    perSecond: capacity * OVERLOAD,
    durationMs: BUSY_MS,
  });
  watch.isOver = true;
  await watching;
  return {
    bounds: {
      goodputShare: atLeast(GOODPUT_MIN),
      raisedAfterMs: atMost(RAISED_MS_MAX),
      closesRefused: atMost(0),
      closes: atLeast(1),
    },
    measured: {
      goodputShare: goodPerSecond(busy) / capacity,
      capacityPerS: capacity,
      offeredPerS: capacity * OVERLOAD,
      refusedShare: busy.failed / busy.answered,
      raisedAfterMs: watch.raisedAfterMs ?? Number.MAX_SAFE_INTEGER,
      closes: watch.closes,
      closesRefused: watch.closesRefused,
    },
    failures:
      goodPerSecond(busy) / capacity < GOODPUT_MIN ? [`a heartbeat was answered with ${busy.firstFailure}`] : [],
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

/** The load process of the benchmark, whose wrong answers are part of what is measured here. */
class Generator implements Disposable {
  readonly #child = fork(path.join(import.meta.dirname, '../../bench/load/load-process.ts'), {
    execArgv: ['--conditions=@playgate/source'],
  });

  async run(load: Load): Promise<LoadResult> {
    const answered = once(this.#child, 'message') as Promise<[LoadReply]>;
    this.#child.send(load);
    const [reply] = await answered;
    if ('error' in reply) throw new Error(`load: ${reply.error}`);
    return reply.result;
  }

  [Symbol.dispose](): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

/** Sessions that end in the middle of it, and what their last heartbeat is told of the pace. */
class EndWatch {
  isOver = false;
  closes = 0;
  closesRefused = 0;
  raisedAfterMs: number | null = null;
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
      const { nextHeartbeatMs } = (beat.body ?? {}) as { readonly nextHeartbeatMs?: number };
      if ((nextHeartbeatMs ?? 0) > BASE_INTERVAL_MS) this.raisedAfterMs ??= performance.now() - startedAt;
      const closed = await this.#stage.client.post(`${at}/close`, facts.sessionToken, { reason: 'quit' });
      this.closes += 1;
      if (closed.status !== 200) this.closesRefused += 1;
      await wait(CLOSE_EVERY_MS);
    }
  }
}

export const CROWD_SCENARIOS: readonly Scenario[] = [startsTogether, overload];
