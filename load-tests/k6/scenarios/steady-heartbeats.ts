// Players who play: heartbeats at a steady rate, each session in turn.
import type { Options } from 'k6/options';
import { judgeAnswer } from '../stage/answered-wrong.ts';
import { BOOKS_ARE_RIGHT, checkBooks } from '../stage/books.ts';
import { COMMON_OPTIONS, NO_REQUEST_WAITED } from '../stage/common-options.ts';
import { constantRate, goesOn, HEARTBEAT_P99_MS, sendNextBeat } from '../stage/heartbeats.ts';
import { durationS, rate, sessionCount } from '../stage/settings.ts';
import { openSessions, openTenant, type PlaySession } from '../stage/tenant.ts';

const SESSIONS = sessionCount(500);

export { handleSummary } from '../report/summary.ts';

export const options: Options = {
  ...COMMON_OPTIONS,
  scenarios: { heartbeats: constantRate('beat', rate(100), durationS(30)) },
  thresholds: {
    'http_req_duration{scenario:heartbeats}': [`p(99)<=${HEARTBEAT_P99_MS}`],
    answered_wrong: ['rate==0'],
    ...BOOKS_ARE_RIGHT,
    ...NO_REQUEST_WAITED,
  },
};

export function setup(): readonly PlaySession[] {
  return openSessions(openTenant(), SESSIONS);
}

export function beat(sessions: readonly PlaySession[]): void {
  const answer = sendNextBeat(sessions);
  judgeAnswer(answer, goesOn(answer));
}

export function teardown(sessions: readonly PlaySession[]): void {
  checkBooks(sessions);
}
