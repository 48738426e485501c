// 20:00: a title opens, and many players start in the same seconds, while others are playing already.
import exec from 'k6/execution';
import { Counter, Rate } from 'k6/metrics';
import type { Options } from 'k6/options';
import { firstDelayMs } from '../../../packages/sdk/src/transport/backoff.ts';
import { judgeAnswer } from '../stage/answered-wrong.ts';
import { type Answer, post } from '../stage/api.ts';
import { COMMON_OPTIONS, NO_REQUEST_WAITED } from '../stage/common-options.ts';
import { ANSWER_MS_MAX, burstRate, constantRate, elapsedS, goesOn, sendNextBeat } from '../stage/heartbeats.ts';
import { advanceClock, freezeClock, instantOf, releaseClock } from '../stage/sandbox-clock.ts';
import { rate, sessionCount, wholeNumber } from '../stage/settings.ts';
import {
  openSessions,
  openTenant,
  type PlaySession,
  playerRefs,
  startOf,
  type Tenant,
  verifyPlayers,
} from '../stage/tenant.ts';

interface Stage {
  readonly tenant: Tenant;
  readonly sessions: readonly PlaySession[];
  readonly ageTokens: readonly string[];
}

const QUIET_S = 10;
const OPENS_AT = '20:00:00';
/** Starts a second in the peak, and its length. */
const PEAK_RATE = rate(200);
const PEAK_S = wholeNumber('PEAK_S', { fallback: 2, max: 10 });
const QUIET_RATE = Math.max(1, Math.ceil(PEAK_RATE / 20));
const BEAT_RATE = wholeNumber('BEAT_RATE', { fallback: 50, max: 10_000 });
const SESSIONS = sessionCount(250);
const DURATION_S = 2 * QUIET_S + PEAK_S;

/** That of the policy. */
const INTERVAL_S = 30;
/** The busiest second of beats after it may have so many times the mean. */
const BEATS_PEAK_MAX = 2 * ((PEAK_RATE * PEAK_S) / INTERVAL_S);
const DUE_S_MAX = PEAK_S + INTERVAL_S;

const started = new Rate('started');
/** First heartbeats of the players of the peak, by the second in which the SDK would send them. */
const beatsDue = new Counter('first_beats_due');

export { handleSummary } from '../report/summary.ts';

export const options: Options = {
  ...COMMON_OPTIONS,
  scenarios: {
    starts: burstRate('start', { quiet: QUIET_RATE, peak: PEAK_RATE, quietS: QUIET_S, peakS: PEAK_S }),
    heartbeats: constantRate('beat', BEAT_RATE, DURATION_S),
    clock: { ...constantRate('moveClock', 1, DURATION_S), preAllocatedVUs: 1, maxVUs: 2 },
  },
  thresholds: {
    'http_req_duration{name:start,phase:quiet}': ['p(50)<=3', 'p(99)<=15'],
    'http_req_duration{name:start,phase:peak}': [`max<=${ANSWER_MS_MAX}`],
    'http_req_duration{name:heartbeat}': [`max<=${ANSWER_MS_MAX}`],
    'started{phase:quiet}': ['rate==1'],
    'started{phase:peak}': ['rate>=0.8'],
    answered_wrong: ['rate==0'],
    ...Object.fromEntries(
      Array.from({ length: DUE_S_MAX + 1 }, (_, second) => [
        `first_beats_due{second:${second}}`,
        [`count<=${Math.ceil(BEATS_PEAK_MAX)}`],
      ]),
    ),
    ...NO_REQUEST_WAITED,
  },
};

export function setup(): Stage {
  const tenant = openTenant();
  const startsAt = new Date(instantOf(OPENS_AT).getTime() - QUIET_S * 1_000);
  freezeClock(tenant, startsAt);
  const sessions = openSessions(tenant, SESSIONS, startsAt);
  const starts = playerRefs(2 * QUIET_RATE * QUIET_S + PEAK_RATE * PEAK_S).map((ref) => `${ref}-start`);
  return { tenant, sessions, ageTokens: verifyPlayers(tenant, starts, startsAt).map(({ ageToken }) => ageToken) };
}

function isRefusedByLoad({ headers, status }: Answer): boolean {
  return status === 503 && headers['Retry-After'] !== undefined;
}

export function start({ ageTokens, tenant }: Stage): void {
  const sinceOpeningS = elapsedS() - QUIET_S;
  const phase = sinceOpeningS < 0 ? 'quiet' : sinceOpeningS < PEAK_S ? 'peak' : 'after';
  const ageToken = ageTokens[exec.scenario.iterationInTest % ageTokens.length]!;
  const answer = post({ ...startOf(tenant, ageToken), name: 'start', tags: { phase } });
  const isOpen = answer.status === 201 && answer.json('verdict') === 'play';
  started.add(isOpen, { phase });
  judgeAnswer(answer, isOpen || isRefusedByLoad(answer));
  if (!isOpen || phase !== 'peak') return;
  const delayMs = firstDelayMs(Number(answer.json('nextHeartbeatMs')), Math.random());
  beatsDue.add(1, { second: String(Math.floor(sinceOpeningS + delayMs / 1_000)) });
}

export function beat({ sessions }: Stage): void {
  const answer = sendNextBeat(sessions);
  judgeAnswer(answer, goesOn(answer));
}

export function moveClock({ tenant }: Stage): void {
  if (exec.scenario.iterationInTest > 0) advanceClock(tenant, 1_000);
}

export function teardown({ tenant }: Stage): void {
  releaseClock(tenant);
}
