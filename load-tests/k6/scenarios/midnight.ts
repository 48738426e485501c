// Sessions that are played over the end of a calendar day: in the same moment all of them need the facts of the new day.
// The clock of a test world moves a few seconds a second, and midnight is in the middle of the run.
import exec from 'k6/execution';
import { Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { judgeAnswer } from '../stage/answered-wrong.ts';
import { BOOKS_ARE_RIGHT, checkBooksOfBothDays } from '../stage/books.ts';
import { COMMON_OPTIONS, NO_REQUEST_WAITED } from '../stage/common-options.ts';
import { ANSWER_MS_MAX, constantRate, goesOn, HEARTBEAT_P99_MS, sendNextBeat } from '../stage/heartbeats.ts';
import { advanceClock, freezeClock, MIDNIGHT_AT, releaseClock } from '../stage/sandbox-clock.ts';
import { durationS, rate, sessionCount, wholeNumber } from '../stage/settings.ts';
import { openSessions, openTenant, type PlaySession, type Tenant } from '../stage/tenant.ts';

interface Stage {
  readonly tenant: Tenant;
  readonly sessions: readonly PlaySession[];
}

const RATE = rate(100);
const DURATION_S = durationS(60);
const SESSIONS = sessionCount(500);
/** How many seconds of the world go by in one. */
const PACE = wholeNumber('PACE', { fallback: 4, max: 10 });
/** Until every session has had its first beat of the day. */
const ROUND_MS = (SESSIONS / RATE) * PACE * 1_000;

/** Milliseconds from sending to answer, by how far the day has come: `day`, `midnight` (first beat of the day). */
const heartbeatMs = new Trend('heartbeat_ms', true);

export { handleSummary } from '../report/summary.ts';

export const options: Options = {
  ...COMMON_OPTIONS,
  scenarios: {
    heartbeats: constantRate('beat', RATE, DURATION_S),
    clock: { ...constantRate('moveClock', 1, DURATION_S), preAllocatedVUs: 1, maxVUs: 2 },
  },
  thresholds: {
    'heartbeat_ms{phase:day}': [`p(99)<=${HEARTBEAT_P99_MS}`],
    'heartbeat_ms{phase:midnight}': [`max<=${ANSWER_MS_MAX}`],
    answered_wrong: ['rate==0'],
    ...BOOKS_ARE_RIGHT,
    ...NO_REQUEST_WAITED,
  },
};

export function setup(): Stage {
  const tenant = openTenant();
  const startsAt = new Date(MIDNIGHT_AT - (DURATION_S / 2) * PACE * 1_000);
  freezeClock(tenant, startsAt);
  return { tenant, sessions: openSessions(tenant, SESSIONS, startsAt) };
}

export function beat({ sessions }: Stage): void {
  const answer = sendNextBeat(sessions);
  judgeAnswer(answer, goesOn(answer));
  if (answer.status !== 200) return;
  const sinceMidnightMs = Date.parse(String(answer.json('serverAt'))) - MIDNIGHT_AT;
  const isFirstOfDay = sinceMidnightMs >= 0 && sinceMidnightMs <= ROUND_MS;
  heartbeatMs.add(answer.timings.duration, { phase: isFirstOfDay ? 'midnight' : 'day' });
}

export function moveClock({ tenant }: Stage): void {
  // The first iteration comes at once.
  if (exec.scenario.iterationInTest > 0) advanceClock(tenant, PACE * 1_000);
}

export function teardown({ sessions, tenant }: Stage): void {
  checkBooksOfBothDays(tenant, sessions);
  releaseClock(tenant);
}
