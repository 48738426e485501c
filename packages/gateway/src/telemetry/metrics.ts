// The instruments of requests, sessions and the ledger. Labels have few values: never an id, a path or anything a caller
// chose. Names follow Prometheus: base units in the name, `_total` (added by the exporter) on what only rises. All of them
// are in docs/observability.md.
import type { Meter } from '@opentelemetry/api';
import { createLocalCounter } from './local-counter.ts';
import type { LocalHistogram, LocalHistogramOptions } from './local-histogram.ts';

export const SECONDS_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** Steps of a heartbeat are far below a millisecond on a quiet machine. */
const STEP_BUCKETS = [0.00005, 0.0001, 0.00025, ...SECONDS_BUCKETS];
/** Up to what one script call takes (ITEMS_PER_CALL_MAX). */
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64];
/** Up to two attempts of a method. */
const SOURCE_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From the next run of the sender to the end of its retries. */
const DELAY_BUCKETS = [0.5, 1, 5, 30, 300, 3_600, 86_400];
const MS_PER_S = 1000;

export const HEARTBEAT_STEPS = ['admit', 'ledger', 'answer'] as const;
export type HeartbeatStep = (typeof HEARTBEAT_STEPS)[number];

/** What sessions left in the record. */
export interface RecordedPlay {
  readonly leasedMs: number;
  readonly gaps: number;
}

export interface GatewayMetrics {
  readonly requestAnswered: (operationId: string, status: number, durationMs: number) => void;
  /** `reason` of an end, or `none`. */
  readonly heartbeatAnswered: (verdict: string, reason: string) => void;
  readonly heartbeatStep: (step: HeartbeatStep, durationMs: number) => void;
  /** `reason` of a refusal, or `none`. */
  readonly startAnswered: (outcome: string, reason: string) => void;
  /** Answers given without the ledger. */
  readonly fallbackAnswered: (call: 'start' | 'heartbeat') => void;
  readonly ledgerAsked: (call: string, durationMs: number) => void;
  readonly ledgerUnavailable: (call: string) => void;
  readonly redisAnswered: (command: string, durationMs: number) => void;
  /** Heartbeats that shared a script call. */
  readonly batchSent: (heartbeats: number) => void;
  readonly queryAnswered: (operation: string, durationMs: number) => void;
  /** `outcome`: `claim`, `begun` or why there is none. */
  readonly sourceAsked: (method: string, outcome: string, durationMs: number) => void;
  readonly silentSessionsClosed: (count: number) => void;
  readonly playRecorded: (play: RecordedPlay) => void;
  /** An allowance was stricter because data of its policy is missing. */
  readonly policyAlarm: (alarm: string, policyId: string) => void;
  readonly eventsMoved: (count: number) => void;
  /** Answers given without the ledger that are on no record, since too many waited for it. */
  readonly fallbackEntriesDropped: (count: number) => void;
  readonly securityEvent: (event: string) => void;
  /** `delayMs`: since the event was put into the outbox. */
  readonly webhookAttempted: (outcome: string, delayMs: number) => void;
  /** Background work that failed and will be tried again. */
  readonly taskFailed: (task: string) => void;
}

/** What instruments are made with. */
export interface InstrumentPorts {
  readonly meter: Meter;
  readonly createHistogram: (options: LocalHistogramOptions) => LocalHistogram;
}

export function createMetrics({ createHistogram, meter }: InstrumentPorts): GatewayMetrics {
  return { ...createDurations(createHistogram), ...createCounts(meter), ...createPlayCounts(meter) };
}

type Durations =
  | 'requestAnswered'
  | 'heartbeatStep'
  | 'ledgerAsked'
  | 'redisAnswered'
  | 'batchSent'
  | 'queryAnswered'
  | 'sourceAsked'
  | 'webhookAttempted';

function createDurations(createHistogram: InstrumentPorts['createHistogram']): Pick<GatewayMetrics, Durations> {
  const time = (
    name: string,
    labels: LocalHistogramOptions['labels'],
    description: string,
    boundaries: readonly number[] = SECONDS_BUCKETS,
  ) => createHistogram({ name: `playgate.${name}.seconds`, description, unit: 's', boundaries, labels });
  const requests = time(
    'http.request.duration',
    ['operation', 'status'],
    'From the first look at a request to its answer.',
  );
  const steps = time('heartbeat.step.duration', ['step'], 'Steps of every 16th single heartbeat.', STEP_BUCKETS);
  const calls = time(
    'ledger.call.duration',
    ['call'],
    'Calls of the session store, with the wait for others that share one.',
  );
  const commands = time('redis.command.duration', ['command'], 'Commands and scripts on the connection of requests.');
  const queries = time('sql.query.duration', ['operation'], 'SQL statements, with the wait for a connection.');
  const sources = time(
    'verification.source.duration',
    ['method', 'outcome'],
    'Calls of a method of age verification.',
    SOURCE_BUCKETS,
  );
  const webhooks = time(
    'webhook.delay',
    ['outcome'],
    'From an event to what came of an attempt to send it.',
    DELAY_BUCKETS,
  );
  const batches = createHistogram({
    name: 'playgate.ledger.batch.heartbeats',
    description: 'Heartbeats that shared one script call.',
    boundaries: BATCH_BUCKETS,
    labels: [],
  });
  return {
    requestAnswered: (operation, status, durationMs) => requests.record(durationMs / MS_PER_S, operation, status),
    heartbeatStep: (step, durationMs) => steps.record(durationMs / MS_PER_S, step),
    ledgerAsked: (call, durationMs) => calls.record(durationMs / MS_PER_S, call),
    redisAnswered: (command, durationMs) => commands.record(durationMs / MS_PER_S, command),
    queryAnswered: (operation, durationMs) => queries.record(durationMs / MS_PER_S, operation),
    sourceAsked: (method, outcome, durationMs) => sources.record(durationMs / MS_PER_S, method, outcome),
    webhookAttempted: (outcome, delayMs) => webhooks.record(delayMs / MS_PER_S, outcome),
    batchSent: (heartbeats) => batches.record(heartbeats),
  };
}

type Counts =
  | 'ledgerUnavailable'
  | 'policyAlarm'
  | 'eventsMoved'
  | 'fallbackEntriesDropped'
  | 'securityEvent'
  | 'taskFailed';

function createCounts(meter: Meter): Pick<GatewayMetrics, Counts> {
  const count = (name: string, description: string) => meter.createCounter(`playgate.${name}`, { description });
  const unavailable = count('ledger.unavailable', 'Calls that the session store did not answer.');
  const alarms = count('policy.alarms', 'Allowances that were stricter because data of a policy is missing.');
  const moved = count('events.moved', 'Events moved from the ledger into the event log.');
  const dropped = count('fallback.dropped', 'Entries of answers without the ledger that were given up.');
  const security = count('security.events', 'Sign-ins, and credentials and requests that were refused.');
  const failures = count('task.failures', 'Background work that failed and will be tried again.');
  // A counter that was never touched is not told: these are watched for their first rise.
  for (const counter of [moved, dropped]) counter.add(0);
  return {
    ledgerUnavailable: (call) => unavailable.add(1, { call }),
    policyAlarm: (alarm, policyId) => alarms.add(1, { alarm, policy: policyId }),
    eventsMoved: (events) => moved.add(events),
    fallbackEntriesDropped: (entries) => dropped.add(entries),
    securityEvent: (event) => security.add(1, { event }),
    taskFailed: (task) => failures.add(1, { task }),
  };
}

type PlayCounts = 'heartbeatAnswered' | 'startAnswered' | 'fallbackAnswered' | 'silentSessionsClosed' | 'playRecorded';

function createPlayCounts(meter: Meter): Pick<GatewayMetrics, PlayCounts> {
  const count = (name: string, description: string) => meter.createCounter(`playgate.${name}`, { description });
  const heartbeats = createLocalCounter(meter, {
    name: 'playgate.heartbeats',
    description: 'Heartbeats answered, single and in batches.',
    labels: ['verdict', 'reason'],
  });
  const starts = count('starts', 'Sessions asked for.');
  const fallback = count('fallback.answers', 'Answers given without the ledger.');
  const silent = count('sessions.silent', 'Sessions closed because they fell silent.');
  const leased = count('leased.play.seconds', 'Play credited across missed heartbeats, as it reaches the record.');
  const gaps = count('gaps', 'Silences longer than the lease, as they reach the record.');
  for (const counter of [silent, leased, gaps]) counter.add(0);
  return {
    heartbeatAnswered: heartbeats,
    startAnswered: (outcome, reason) => starts.add(1, { outcome, reason }),
    fallbackAnswered: (call) => fallback.add(1, { call }),
    silentSessionsClosed: (closed) => silent.add(closed),
    playRecorded: (play) => {
      leased.add(play.leasedMs / MS_PER_S);
      gaps.add(play.gaps);
    },
  };
}
