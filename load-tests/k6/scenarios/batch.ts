// Game servers that send the heartbeats of their players together.
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { judgeAnswer } from '../stage/answered-wrong.ts';
import { type Answer, post } from '../stage/api.ts';
import { BOOKS_ARE_RIGHT, checkBooks } from '../stage/books.ts';
import { COMMON_OPTIONS, NO_REQUEST_WAITED } from '../stage/common-options.ts';
import { ANSWER_MS_MAX, constantRate } from '../stage/heartbeats.ts';
import { durationS, rate, sessionCount, wholeNumber } from '../stage/settings.ts';
import { openSessions, openTenant, type PlaySession, type Tenant } from '../stage/tenant.ts';

interface Stage {
  readonly tenant: Tenant;
  readonly sessions: readonly PlaySession[];
}

const RATE = rate(4);
const DURATION_S = durationS(30);
const SESSIONS = sessionCount(1_000);
/** The contract takes up to 1,000. */
const BEATS = wholeNumber('BEATS', { fallback: 500, max: 1_000 });
/** The last requests may be under way when the time is over. */
const SHARE_ANSWERED_MIN = 0.99;

const beatsAnswered = new Counter('beats_answered');

export { handleSummary } from '../report/summary.ts';

export const options: Options = {
  ...COMMON_OPTIONS,
  scenarios: { batches: constantRate('sendBatch', RATE, DURATION_S) },
  thresholds: {
    'http_req_duration{scenario:batches}': [`max<=${ANSWER_MS_MAX}`],
    beats_answered: [`count>=${Math.floor(RATE * DURATION_S * BEATS * SHARE_ANSWERED_MIN)}`],
    answered_wrong: ['rate==0'],
    ...BOOKS_ARE_RIGHT,
    ...NO_REQUEST_WAITED,
  },
};

export function setup(): Stage {
  const tenant = openTenant();
  return { tenant, sessions: openSessions(tenant, SESSIONS) };
}

function countAnswers(answer: Answer): number {
  if (answer.status !== 200) return 0;
  const { results } = JSON.parse(answer.body) as { results: readonly { readonly verdict?: string }[] };
  return results.filter(({ verdict }) => verdict === 'continue' || verdict === 'warn').length;
}

export function sendBatch({ sessions, tenant }: Stage): void {
  const first = exec.scenario.iterationInTest * BEATS;
  const beats = Array.from({ length: BEATS }, (_, index) => {
    const turn = first + index;
    const seq = 1 + Math.floor(turn / sessions.length);
    return { sessionId: sessions[turn % sessions.length]!.sessionId, seq, state: 'active' };
  });
  const answer = post({ name: 'batch', path: '/v1/heartbeats', key: tenant.secretKey, body: { beats } });
  const answered = countAnswers(answer);
  beatsAnswered.add(answered);
  judgeAnswer(answer, answered === BEATS);
}

export function teardown({ sessions }: Stage): void {
  checkBooks(sessions);
}
