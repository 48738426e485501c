// What a gateway holds and how far it is behind: from its own metrics, from the system, and from inside.
import { readdirSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { Gateway } from '../bench/gateway.ts';
import { memoryOf } from '../bench/processes.ts';
import { Inspector } from './inspector.ts';

/** What a gateway is started with to be looked into. */
export const flagsOf = (inspectorPort: number): readonly string[] => [
  '--expose-gc',
  `--inspect=127.0.0.1:${inspectorPort}`,
];

export interface Reading {
  readonly rssBytes: number;
  /** As it is, rubbish included. */
  readonly heapBytes: number;
  /** After a full collection; null: none was made. */
  readonly aliveBytes: number | null;
  readonly externalBytes: number;
  /** Open files of the process, sockets included. */
  readonly files: number;
  /** Handles that keep an event loop alive. */
  readonly handles: number;
  readonly timers: number;
  readonly loopLagP99Ms: number;
  readonly loadLevel: number;
  readonly eventsWaiting: number;
  readonly eventsOldestS: number;
  readonly taskFailures: number;
  readonly redisBytes: number;
}

/** Without those of one collection before the answer. */
const INSIDE = `(() => {
  const { external, heapUsed } = process.memoryUsage();
  const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  return { external, heapUsed, timers, handles: process._getActiveHandles().length };
})()`;
const COLLECT = 'gc(); true';

interface Inside {
  readonly external: number;
  readonly heapUsed: number;
  readonly timers: number;
  readonly handles: number;
}

export class Probe implements Disposable {
  readonly #gateway: Gateway;
  readonly #redis: Redis;
  readonly #inspector: Inspector;

  private constructor(gateway: Gateway, redis: Redis, inspector: Inspector) {
    this.#gateway = gateway;
    this.#redis = redis;
    this.#inspector = inspector;
  }

  /** Of a gateway that was started with `flagsOf(inspectorPort)`. */
  static async open(
    world: { readonly gateway: Gateway; readonly redis: Redis },
    inspectorPort: number,
  ): Promise<Probe> {
    return new Probe(world.gateway, world.redis, await Inspector.open(inspectorPort));
  }

  /** A collection stops the gateway for as long as it takes. */
  async read({ collects }: { readonly collects: boolean }): Promise<Reading> {
    const { pid } = this.#gateway.program;
    const metrics = await (await fetch(`${this.#gateway.url}/metrics`)).text();
    const before = await this.#inspector.evaluate<Inside>(INSIDE);
    const after = collects ? await this.#collect() : null;
    return {
      rssBytes: memoryOf(pid).rss,
      heapBytes: before.heapUsed,
      aliveBytes: after?.heapUsed ?? null,
      externalBytes: (after ?? before).external,
      files: readdirSync(`/proc/${pid}/fd`).length,
      handles: before.handles,
      timers: before.timers,
      loopLagP99Ms: metricOf(metrics, 'playgate_event_loop_lag_seconds', 'quantile="0.99"') * 1000,
      loadLevel: metricOf(metrics, 'playgate_load_level'),
      eventsWaiting: metricOf(metrics, 'playgate_events_waiting'),
      eventsOldestS: metricOf(metrics, 'playgate_events_oldest_age_seconds'),
      taskFailures: metricOf(metrics, 'playgate_task_failures_total'),
      redisBytes: Number(/used_memory:(\d+)/.exec(await this.#redis.info('memory'))![1]),
    };
  }

  writeSnapshot(file: string): Promise<void> {
    return this.#inspector.writeSnapshot(file);
  }

  async #collect(): Promise<Inside> {
    await this.#inspector.evaluate(COLLECT);
    return this.#inspector.evaluate<Inside>(INSIDE);
  }

  [Symbol.dispose](): void {
    this.#inspector[Symbol.dispose]();
  }
}

/** The sum over the samples of a metric, of those with a label where one is named. 0: there is none yet. */
export function metricOf(text: string, metric: string, label = ''): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(metric) || !line.includes(label)) continue;
    const rest = line.slice(metric.length);
    if (rest[0] !== ' ' && rest[0] !== '{') continue;
    // A time may follow the value.
    const value = /^(?:\{.*\})? (\S+)/.exec(rest);
    if (value !== null) sum += Number(value[1]);
  }
  return sum;
}
