// A provider's server verifies its players: a quiet stretch, then many at once, half of them known already.
// The contract promises a key at least 500 a second.
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { judgeAnswer } from '../stage/answered-wrong.ts';
import { post } from '../stage/api.ts';
import { COMMON_OPTIONS, NO_REQUEST_WAITED } from '../stage/common-options.ts';
import { ANSWER_MS_MAX, burstRate } from '../stage/heartbeats.ts';
import { durationS, rate, sessionCount } from '../stage/settings.ts';
import { openTenant, playerRefs, type Tenant, verificationOf, verifyPlayers } from '../stage/tenant.ts';

interface Stage {
  readonly tenant: Tenant;
  readonly knownRefs: readonly string[];
  readonly now: string;
}

const RATE = rate(100);
const BURST_S = durationS(10);
const KNOWN_PLAYERS = sessionCount(250);
const QUIET = { rate: Math.max(1, Math.ceil(RATE / 20)), seconds: 5 };

export { handleSummary } from '../report/summary.ts';

export const options: Options = {
  ...COMMON_OPTIONS,
  scenarios: {
    verifications: burstRate('verify', {
      quiet: QUIET.rate,
      peak: RATE,
      quietS: QUIET.seconds,
      peakS: BURST_S,
    }),
  },
  thresholds: {
    'http_req_duration{name:verification,player:known}': [`max<=${ANSWER_MS_MAX}`],
    'http_req_duration{name:verification,player:new}': [`max<=${ANSWER_MS_MAX}`],
    answered_wrong: ['rate==0'],
    ...NO_REQUEST_WAITED,
  },
};

export function setup(): Stage {
  const tenant = openTenant();
  const knownRefs = playerRefs(KNOWN_PLAYERS);
  const now = new Date();
  verifyPlayers(tenant, knownRefs, now);
  return { tenant, knownRefs, now: now.toISOString() };
}

export function verify({ knownRefs, now, tenant }: Stage): void {
  const turn = exec.scenario.iterationInTest;
  const isKnown = turn % 2 === 0;
  const ref = knownRefs[(turn / 2) % knownRefs.length];
  const playerRef = isKnown && ref !== undefined ? ref : `${knownRefs[0]}-new-${turn}`;
  const tags = { player: isKnown ? 'known' : 'new' };
  const answer = post({ ...verificationOf(tenant, playerRef, new Date(now)), name: 'verification', tags });
  const isVerified = answer.status === 201 && answer.json('ageBand') === '16_17' && answer.json('ageToken') !== null;
  judgeAnswer(answer, isVerified);
}
