// Redis is killed under heartbeats and comes back. The runner does both (`load-tests/run failover`): this asks it to.
import { sleep } from 'k6';
import http from 'k6/http';
import { Rate, Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { answeredWrong } from '../stage/answered-wrong.ts';
import type { Answer } from '../stage/api.ts';
import { BOOKS_ARE_RIGHT, checkBooks } from '../stage/books.ts';
import { COMMON_OPTIONS, NO_REQUEST_WAITED } from '../stage/common-options.ts';
import { constantRate, elapsedS, goesOn, sendBeat, sendNextBeat } from '../stage/heartbeats.ts';
import { rate, sessionCount, settings, wholeNumber } from '../stage/settings.ts';
import { openSessions, openTenant, type PlaySession } from '../stage/tenant.ts';

const RATE = rate(100);
const SESSIONS = sessionCount(500);
const KILL_AT_S = 10;
const AWAY_S = wholeNumber('AWAY_S', { fallback: 5, max: 30 });
const RECOVERY_S_MAX = 5;
const AFTER_S = 15;
/** What was sent shortly before an edge can be answered after it, and the runner takes its time. */
const EDGE_S = 1;
/** Never may a player wait for an answer while the ledger is away. */
const AWAY_ANSWER_MS_MAX = 500;
/** Two turns of a session, and what the append-only file is behind by. */
const LOST_MS_MAX = ((2 * SESSIONS) / RATE + 2) * 1_000;
const PROBE_EVERY_S = 0.1;
const PROBES_MAX = 300;
const PROBE_SEQ_FIRST = 500_000_000;

/** From the start of Redis to the first heartbeat that is counted again. */
const recoveryMs = new Trend('recovery_ms', true);
/** Whether there was such a heartbeat. */
const recovered = new Rate('recovered');
/** Answers that were neither a verdict nor an honest "not now", at any time. */
const brokeContract = new Rate('broke_contract');

export { handleSummary } from '../report/summary.ts';

export const options: Options = {
  ...COMMON_OPTIONS,
  scenarios: {
    heartbeats: constantRate('beat', RATE, KILL_AT_S + AWAY_S + RECOVERY_S_MAX + AFTER_S),
    fault: {
      executor: 'per-vu-iterations',
      exec: 'killAndStart',
      vus: 1,
      iterations: 1,
      startTime: `${KILL_AT_S}s`,
      maxDuration: '2m',
    },
  },
  thresholds: {
    'http_req_duration{name:heartbeat,phase:away}': [`max<=${AWAY_ANSWER_MS_MAX}`],
    recovery_ms: [`max<=${RECOVERY_S_MAX * 1_000}`],
    recovered: ['rate==1'],
    'answered_wrong{phase:before}': ['rate==0'],
    'answered_wrong{phase:after}': ['rate==0'],
    broke_contract: ['rate==0'],
    ...BOOKS_ARE_RIGHT,
    ...NO_REQUEST_WAITED,
  },
};

export function setup(): readonly PlaySession[] {
  if (settings.faultUrl === null)
    throw new Error('start this scenario with load-tests/run: something has to kill Redis');
  return openSessions(openTenant(), SESSIONS);
}

function phaseAt(second: number): 'before' | 'away' | 'after' | 'edge' {
  if (second < KILL_AT_S - EDGE_S) return 'before';
  if (second < KILL_AT_S) return 'edge';
  if (second < KILL_AT_S + AWAY_S + RECOVERY_S_MAX) return 'away';
  return second < KILL_AT_S + AWAY_S + RECOVERY_S_MAX + EDGE_S ? 'edge' : 'after';
}

function isHonestRefusal({ headers, status }: Answer): boolean {
  return status === 503 && headers['Retry-After'] !== undefined;
}

export function beat(sessions: readonly PlaySession[]): void {
  const phase = phaseAt(elapsedS());
  const answer = sendNextBeat(sessions, { phase });
  answeredWrong.add(!goesOn(answer), { phase });
  brokeContract.add(!goesOn(answer) && !isHonestRefusal(answer));
}

function tellRunner(what: 'kill' | 'start'): void {
  const { status } = http.post(`${settings.faultUrl}/redis/${what}`, null, { tags: { name: what }, timeout: '60s' });
  if (status !== 204) throw new Error(`the runner could not ${what} Redis: ${status}`);
}

export function killAndStart(sessions: readonly PlaySession[]): void {
  tellRunner('kill');
  sleep(AWAY_S);
  const startedAt = Date.now();
  tellRunner('start');
  for (let probe = 0; probe < PROBES_MAX; probe++) {
    if (goesOn(sendBeat(sessions[0]!, PROBE_SEQ_FIRST + probe, { phase: 'probe' }))) {
      recoveryMs.add(Date.now() - startedAt);
      recovered.add(true);
      return;
    }
    sleep(PROBE_EVERY_S);
  }
  recovered.add(false);
}

export function teardown(sessions: readonly PlaySession[]): void {
  checkBooks(sessions, LOST_MS_MAX);
}
