// Heartbeats in an open model: the n-th iteration is the next beat of the next session, whatever became of the one before.

import exec from 'k6/execution';
import type { ConstantArrivalRateScenario, RampingArrivalRateScenario } from 'k6/options';
import { type Answer, post } from './api.ts';
import type { PlaySession } from './tenant.ts';

/** Nothing may wait longer, whatever happens. */
export const ANSWER_MS_MAX = 1_500;
/** Heartbeats at half of what a gateway can do. */
export const HEARTBEAT_P99_MS = 5;

const VUS_MIN = 50;
const VUS_MAX = 600;
/** For answers that take half a second; twice as many while it runs. */
const VUS_PER_RATE = 0.5;
const GROWTH = 2;

/** Enough virtual users that none of an open model's requests has to wait for one. */
export function usersFor(rate: number): Pick<ConstantArrivalRateScenario, 'preAllocatedVUs' | 'maxVUs'> {
  const preAllocatedVUs = Math.min(VUS_MAX, Math.max(VUS_MIN, Math.ceil(rate * VUS_PER_RATE)));
  return { preAllocatedVUs, maxVUs: preAllocatedVUs * GROWTH };
}

export function constantRate(exec: string, rate: number, seconds: number): ConstantArrivalRateScenario {
  return {
    executor: 'constant-arrival-rate',
    exec,
    rate,
    timeUnit: '1s',
    duration: `${seconds}s`,
    gracefulStop: '5s',
    ...usersFor(rate),
  };
}

export interface Burst {
  readonly quiet: number;
  readonly peak: number;
  readonly quietS: number;
  readonly peakS: number;
}

/** A quiet stretch, the burst at once and at its full height, and a quiet stretch again. */
export function burstRate(exec: string, { peak, peakS, quiet, quietS }: Burst): RampingArrivalRateScenario {
  const stage = (target: number, seconds: number) => ({ target, duration: `${seconds}s` });
  return {
    executor: 'ramping-arrival-rate',
    exec,
    startRate: quiet,
    timeUnit: '1s',
    gracefulStop: '5s',
    stages: [stage(quiet, quietS), stage(peak, 0), stage(peak, peakS), stage(quiet, 0), stage(quiet, quietS)],
    ...usersFor(peak),
  };
}

/** Seconds since the scenario that this is called in began. */
export const elapsedS = (): number => (Date.now() - exec.scenario.startTime) / 1_000;

export function sendBeat(session: PlaySession, seq: number, tags: Readonly<Record<string, string>> = {}): Answer {
  return post({
    name: 'heartbeat',
    path: `/v1/sessions/${session.sessionId}/heartbeats`,
    key: session.sessionToken,
    body: { seq, state: 'active' },
    tags,
  });
}

/** The beat whose turn it is. */
export function sendNextBeat(sessions: readonly PlaySession[], tags: Readonly<Record<string, string>> = {}): Answer {
  const turn = exec.scenario.iterationInTest;
  return sendBeat(sessions[turn % sessions.length]!, 1 + Math.floor(turn / sessions.length), tags);
}

export function goesOn(answer: Answer): boolean {
  return answer.status === 200 && answer.json('verdict') !== 'end' && answer.json('source') === 'live';
}
