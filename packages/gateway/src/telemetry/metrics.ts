// Every instrument of the gateway. Labels have few values: never an id, a path or anything a caller chose.
import type { Meter } from '@opentelemetry/api';

const SECONDS_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const MS_PER_S = 1000;

export interface GatewayMetrics {
  readonly requestAnswered: (operationId: string, status: number, durationMs: number) => void;
  readonly heartbeatAnswered: (verdict: string) => void;
  /** `reason` of a refusal, or `none`. */
  readonly startAnswered: (outcome: string, reason: string) => void;
  readonly ledgerAsked: (call: string, durationMs: number) => void;
  readonly ledgerUnavailable: (call: string) => void;
  readonly silentSessionsClosed: (count: number) => void;
  /** An allowance was stricter because data of its policy is missing. */
  readonly policyAlarm: (alarm: string, policyId: string) => void;
  readonly eventsMoved: (count: number) => void;
  /** Background work that failed and will be tried again. */
  readonly taskFailed: (task: string) => void;
}

export function createMetrics(meter: Meter): GatewayMetrics {
  const seconds = { unit: 's', advice: { explicitBucketBoundaries: SECONDS_BUCKETS } };
  const requests = meter.createHistogram('playgate.http.request.duration', {
    description: 'From the first look at a request to its answer.',
    ...seconds,
  });
  const ledgerCalls = meter.createHistogram('playgate.ledger.call.duration', {
    description: 'Calls of the session store; calls of one turn of the event loop share a round trip.',
    ...seconds,
  });
  const count = (name: string, description: string) => meter.createCounter(name, { description });
  const heartbeats = count('playgate.heartbeats', 'Heartbeats answered, single and in batches.');
  const starts = count('playgate.starts', 'Sessions asked for.');
  const unavailable = count('playgate.ledger.unavailable', 'Calls that the session store did not answer.');
  const silent = count('playgate.sessions.silent', 'Sessions closed because they fell silent.');
  const alarms = count('playgate.policy.alarms', 'Allowances that were stricter because data of a policy is missing.');
  const moved = count('playgate.events.moved', 'Events moved from the ledger into the event log.');
  const failures = count('playgate.task.failures', 'Background work that failed and will be tried again.');
  return {
    requestAnswered: (operation, status, durationMs) => requests.record(durationMs / MS_PER_S, { operation, status }),
    heartbeatAnswered: (verdict) => heartbeats.add(1, { verdict }),
    startAnswered: (outcome, reason) => starts.add(1, { outcome, reason }),
    ledgerAsked: (call, durationMs) => ledgerCalls.record(durationMs / MS_PER_S, { call }),
    ledgerUnavailable: (call) => unavailable.add(1, { call }),
    silentSessionsClosed: (closed) => silent.add(closed),
    policyAlarm: (alarm, policyId) => alarms.add(1, { alarm, policy: policyId }),
    eventsMoved: (events) => moved.add(events),
    taskFailed: (task) => failures.add(1, { task }),
  };
}
