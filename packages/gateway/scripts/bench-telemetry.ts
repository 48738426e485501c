// What watching costs a heartbeat: nanoseconds and bytes of the heap for the calls that each one makes, in turn and as medians.
// node --conditions=@playgate/source packages/gateway/scripts/bench-telemetry.ts
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SpanKind } from '@opentelemetry/api';
import { HeartbeatSteps } from '../src/telemetry/heartbeat-steps.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { openTelemetry } from '../src/telemetry/open-telemetry.ts';
import type { Tracing } from '../src/telemetry/tracing.ts';

const ROUNDS = 15;
const CALLS = 200_000;
/** Few enough that no collection falls into the measurement. */
const CALLS_PER_HEAP_LOOK = 5_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const noExporter = { export: () => undefined, shutdown: async () => undefined };
const off = openTelemetry({ otlpUrl: null, traceRatio: 1 });
const notDrawn = openTelemetry({ otlpUrl: null, traceRatio: 0 }, noExporter);
const metrics = createMetrics(off);
const steps = new HeartbeatSteps(metrics);

/** What a heartbeat asks of tracing: the draw of the request, a span of the store, one of the script call. */
const trace = (tracing: Tracing) => () => {
  let asked = 0;
  if (tracing.draws()) asked++;
  if (tracing.startChild('ledger record_beats') !== null) asked++;
  if (tracing.startChild('redis record_heartbeats', SpanKind.CLIENT) !== null) asked++;
  return asked;
};

const programs: Readonly<Record<string, () => number>> = {
  nothing: () => 0,
  'tracing off': trace(off.tracing),
  'tracing on, not drawn': trace(notDrawn.tracing),
  'steps (every 16th)': () => {
    const watched = steps.watch('recordHeartbeat');
    watched?.onAdmitted();
    watched?.onHandedOver();
    if (watched !== null) watched.ledgerMs = 0.5;
    watched?.onAnswered();
    return 0;
  },
  'metrics of a heartbeat': () => {
    metrics.requestAnswered('recordHeartbeat', 200, 1);
    metrics.heartbeatAnswered('continue', 'none');
    metrics.ledgerAsked('record_beats', 1);
    return 0;
  },
  'metrics of a script call': () => {
    metrics.redisAnswered('record_heartbeats', 1);
    metrics.batchSent(16);
    return 0;
  },
};

function measureNs(run: () => number): number {
  const startedAt = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call++) run();
  return Number(process.hrtime.bigint() - startedAt) / CALLS;
}

function measureBytes(run: () => number): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < CALLS_PER_HEAP_LOOK; call++) run();
  return (process.memoryUsage().heapUsed - before) / CALLS_PER_HEAP_LOOK;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const figures = new Map(Object.keys(programs).map((name) => [name, { ns: [] as number[], bytes: [] as number[] }]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(programs)) {
    figures.get(name)!.ns.push(measureNs(run));
    figures.get(name)!.bytes.push(measureBytes(run));
  }
}
for (const [program, { bytes, ns }] of figures) {
  console.log(
    JSON.stringify({ program, ns: Math.round(median(ns)), heapBytes: Math.max(0, Math.round(median(bytes))) }),
  );
}
