// What a gateway tells of itself: the metrics of docs/observability.md are those that there are, and the dashboard and the
// alert rules under deploy/ ask for nothing else.
import { readFileSync } from 'node:fs';
import type { Meter } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureClock } from '../src/telemetry/clock-metrics.ts';
import { measureDatabase } from '../src/telemetry/database-metrics.ts';
import { measureEnforcement, measureUnconfirmedEnds } from '../src/telemetry/enforcement-metrics.ts';
import { STEPS_WATCHED_EVERY } from '../src/telemetry/heartbeat-steps.ts';
import { measureLoad } from '../src/telemetry/load-metrics.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { openTelemetry } from '../src/telemetry/open-telemetry.ts';
import { measureProcess } from '../src/telemetry/process-metrics.ts';
import { measureRecord } from '../src/telemetry/record-metrics.ts';
import { startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';
import { CHILD, createWorld, GAME_ID, type World } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';

const ROOT = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

interface Documented {
  readonly type: string;
  readonly labels: readonly string[];
}

const ROW = /^\| `(playgate_\w+)` +\| (counter|gauge|histogram) +\| ([^|]*?) +\|/gm;
const documented: ReadonlyMap<string, Documented> = new Map(
  [...read('docs/observability.md').matchAll(ROW)].map(([, name, type, labels]) => [
    name!,
    { type: type!, labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!).sort() },
  ]),
);

/** Every instrument that a gateway makes, as Prometheus names it. */
async function listInstruments(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const telemetry = openTelemetry({ otlpUrl: null, traceRatio: 0 });
  const note = (name: string, type: string) =>
    found.set(`${name.replaceAll('.', '_')}${type === 'counter' ? '_total' : ''}`, type);
  const meter = new Proxy(telemetry.meter, {
    get: (target, method: keyof Meter) => {
      const make = target[method].bind(target) as (name: string, options: object) => unknown;
      return (name: string, options: object) => {
        note(name, method.endsWith('Counter') ? 'counter' : method === 'createHistogram' ? 'histogram' : 'gauge');
        return make(name, options);
      };
    },
  });
  const createHistogram: typeof telemetry.createHistogram = (options) => {
    note(options.name, 'histogram');
    return telemetry.createHistogram(options);
  };
  const metrics = createMetrics({ meter, createHistogram });
  measureRecord(meter, {
    pump: { lag: { waiting: 0, oldestAt: null } },
    followers: { lags: new Map() },
    clock: { now: () => 0 },
  });
  const clock = { now: () => 0 };
  measureEnforcement(meter, { clock });
  measureUnconfirmedEnds(meter, { clock, countUnconfirmed: async () => 0 });
  measureClock(meter, { timeOfDay: clock, steady: clock });
  measureLoad(meter, { readLevel: () => 0, paceNow: () => 1 });
  measureProcess(meter, '0')();
  const measure = { meter, metrics, tracing: telemetry.tracing };
  measureDatabase({ watch: { listen: () => undefined }, poolUse: () => null }, measure);
  await telemetry.close();
  return found;
}

describe('docs/observability.md', () => {
  it('has every metric with its type, and no other', async () => {
    const types = [...documented].map(([name, { type }]) => [name, type]);
    expect(Object.fromEntries(types)).toEqual(Object.fromEntries(await listInstruments()));
  });

  it('has names with a unit, as Prometheus wants them', () => {
    for (const [name, { type }] of documented) {
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      if (/duration|delay|lag$|age$/.test(name)) expect(name).toMatch(/_(seconds|events)$/);
    }
  });
});

const METRIC = /\bplaygate_[a-z0-9_]+/g;
/** `name{label="value", ...}` and `by (label, ...)`. */
const LABELS = /\b(playgate_[a-z0-9_]+)\{([^}]*)\}/g;
const OF_HISTOGRAM = /_(bucket|sum|count)$/;

/** Null: there is no such metric. */
function metricOf(name: string): Documented | null {
  const found = documented.get(name) ?? documented.get(name.replace(OF_HISTOGRAM, ''));
  if (found === undefined) return null;
  const isPart = OF_HISTOGRAM.test(name) && !documented.has(name);
  return isPart === (found.type === 'histogram') ? found : null;
}

function findFaults(text: string): readonly string[] {
  const unknown = [...new Set(text.match(METRIC) ?? [])].filter((name) => metricOf(name) === null);
  const wrong = [...text.replaceAll('\\"', '"').matchAll(LABELS)].flatMap(([, name, selectors]) =>
    [...selectors!.matchAll(/(\w+)\s*[=!]~?"/g)]
      .map(([, label]) => label!)
      .filter((label) => label !== 'le' && label !== 'instance' && label !== 'job')
      .filter((label) => metricOf(name!)?.labels.includes(label) === false)
      .map((label) => `${name} has no label ${label}`),
  );
  return [...unknown, ...wrong];
}

describe.each(['deploy/prometheus/alerts.yml', 'deploy/grafana/playgate.json'])('%s', (path) => {
  it('asks for metrics and labels that there are', () => {
    const text = read(path);
    expect(text.match(METRIC)!.length).toBeGreaterThan(10);
    expect(findFaults(text)).toEqual([]);
  });
});

it('a metric or label that is not there would be found', () => {
  expect(findFaults('rate(playgate_heartbeat_total[5m])')).toEqual(['playgate_heartbeat_total']);
  expect(findFaults('rate(playgate_http_request_duration_seconds[5m])')).toHaveLength(1);
  expect(findFaults('playgate_starts_total{verdict="denied"}')).toEqual(['playgate_starts_total has no label verdict']);
  expect(findFaults('playgate_starts_total{outcome="denied"}')).toEqual([]);
});

it('every alert has an incident card in docs/operations.md', () => {
  const cards = read('docs/operations.md');
  const alerts = [...read('deploy/prometheus/alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);
  expect(alerts.length).toBeGreaterThan(8);
  expect(alerts.filter((name) => !cards.includes(`\`${name}\``))).toEqual([]);
});

describe('/metrics', () => {
  let server: RedisServer;
  let gateway: TestGateway;
  let world: World;

  beforeAll(async () => {
    server = await RedisServer.start();
    gateway = await TestGateway.start({ redisUrl: server.url, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
    world = await createWorld(gateway);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const readMetrics = async () => (await gateway.send('GET', '/metrics')).text;
  /** Of the first series with this name and these labels; the exporter adds its own behind them. */
  const figureOf = (text: string, series: string) => {
    const start = series.replace(/}$/, '');
    const line = text.split('\n').find((each) => each.startsWith(start) && /^[{, ]/.test(each.slice(start.length)));
    return Number(line?.split(' ').at(-1));
  };

  async function play() {
    const { tenant } = world;
    const verified = await gateway.call('createAgeVerification', { token: tenant.secretKey, body: CHILD });
    const body = { ageToken: verified.body.ageToken!, gameId: GAME_ID };
    const opened = (await gateway.call('openSession', { token: tenant.publishableKey, body })).body;
    if (opened.verdict !== 'play') throw new Error(`no session: ${JSON.stringify(opened)}`);
    return opened;
  }

  it('tells of the steps of a heartbeat, of those that shared a call, and of what was refused', async () => {
    const { sessionId, sessionToken: token } = await play();
    const beats = STEPS_WATCHED_EVERY + 1;
    const before = await readMetrics();
    for (let seq = 1; seq <= beats; seq++) {
      const request = { token, params: { sessionId }, body: { seq, state: 'active' } } as const;
      await gateway.call('recordHeartbeat', request);
    }
    await gateway.send('GET', '/v1/games', { token: 'sk_test_nobody' });
    const after = await readMetrics();
    const rise = (series: string) => figureOf(after, series) - (figureOf(before, series) || 0);
    for (const step of ['admit', 'ledger', 'answer']) {
      const watched = figureOf(after, `playgate_heartbeat_step_duration_seconds_count{step="${step}"}`);
      expect(watched, step).toBeGreaterThanOrEqual(1);
      expect(watched, step).toBeLessThanOrEqual(2);
    }
    expect(rise('playgate_heartbeats_total{verdict="continue",reason="none"}')).toBe(beats);
    expect(rise('playgate_ledger_batch_heartbeats_sum')).toBe(beats);
    expect(rise('playgate_redis_command_duration_seconds_count{command="record_heartbeats"}')).toBeGreaterThan(0);
    expect(rise('playgate_security_events_total{event="credential_refused"}')).toBe(1);
    expect(figureOf(after, 'playgate_sql_query_duration_seconds_count{operation="select"}')).toBeGreaterThan(0);
    const source = 'playgate_verification_source_duration_seconds_count{method="attested",outcome="claim"}';
    expect(rise(source)).toBe(0);
    expect(figureOf(after, source), 'the verification before').toBeGreaterThan(0);
  });

  it('tells of the connections of a PostgreSQL', async () => {
    const postgres = await startPostgres();
    await using _stopped = { [Symbol.asyncDispose]: () => postgres.stop() };
    const databaseUrl = await postgres.createDatabase();
    await using other = await TestGateway.start({ databaseUrl, env: { PLAYGATE_LOG_LEVEL: 'silent' } });
    const { text } = await other.send('GET', '/metrics');
    expect(figureOf(text, 'playgate_sql_connections{state="idle"}')).toBeGreaterThan(0);
    expect(figureOf(text, 'playgate_sql_queries_waiting')).toBe(0);
  });

  it('has nothing that is not documented, and of each the labels that are', async () => {
    const strange: string[] = [];
    for (const [, name, labels] of (await readMetrics()).matchAll(/^(playgate_\w+)(?:\{(.*?)\})? \S+/gm)) {
      const found = metricOf(name!);
      const told = [...(labels ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label!);
      const ours = told.filter((label) => label !== 'le' && !label.startsWith('otel_')).sort();
      if (found === null || String(ours) !== String(found.labels)) strange.push(`${name} {${ours.join()}}`);
    }
    expect([...new Set(strange)]).toEqual([]);
  });
});
