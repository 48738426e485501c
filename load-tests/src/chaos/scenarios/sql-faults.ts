// What the gateway writes its record to, and asks who is who, goes away or hangs.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Backlog } from '../backlog.ts';
import { atLeast, atMost } from '../finding.ts';
import type { HistoryPlayer } from '../player.ts';
import { LONG_POLICY, policyText } from '../policy.ts';
import { type Play, playThrough, type Scenario, type Suffered, wait } from '../scenario.ts';
import type { Stage, Suite } from '../stage.ts';

const SQL_AWAY_MS = 10_000;
const SQL_AWAY_FULL_MS = 600_000;
const CATCH_UP_MS_MAX = 30_000;

const total = (players: readonly HistoryPlayer[], of: 'taken' | 'refused') =>
  players.reduce((all, player) => all + player[of], 0);

const sqlAway: Scenario = {
  name: 'sql-away',
  targets: [13],
  what: 'PostgreSQL killed: heartbeats do not notice, what has waited is moved soon afterwards, none is missing, all in order',
  run: (suite) =>
    playThrough(
      suite,
      {
        players: 100,
        beatEveryMs: 250,
        bounds: {
          refusedShare: atMost(0),
          readyMs: atMost(CATCH_UP_MS_MAX),
          catchUpMs: atMost(CATCH_UP_MS_MAX),
          entriesWaited: atLeast(1),
        },
      },
      (play) => loseSql(suite, play),
    ),
};

async function loseSql(suite: Suite, { players, stage }: Play): Promise<Suffered> {
  const postgres = await suite.postgres();
  using backlog = new Backlog(stage.redis.url);
  await wait(1_500);
  const before = { taken: total(players, 'taken'), refused: total(players, 'refused') };
  await postgres.kill();
  await wait(suite.isFull ? SQL_AWAY_FULL_MS : SQL_AWAY_MS);
  const after = { taken: total(players, 'taken'), refused: total(players, 'refused') };
  const entriesWaited = await backlog.waiting();
  await postgres.restart();
  const [readyMs, catchUpMs] = await Promise.all([
    stage.msUntilReady(true, CATCH_UP_MS_MAX),
    backlog.msUntilMoved(CATCH_UP_MS_MAX * 2),
  ]);
  return {
    measured: {
      refusedShare: (after.refused - before.refused) / (after.taken - before.taken),
      readyMs: readyMs ?? Number.POSITIVE_INFINITY,
      catchUpMs: catchUpMs ?? Number.POSITIVE_INFINITY,
      entriesWaited,
    },
    ...(!suite.isFull && { reduced: `away for ${SQL_AWAY_MS / 1_000} s; --full: 10 minutes` }),
  };
}

const HUNG_PLAYERS = 100;
const HUNG_MS = 8_000;
/** Rarely enough that many have not been heard between the change of the policy and the silence of PostgreSQL. */
const HUNG_BEAT_MS = 1_500;
const IN_FORCE_MS_MAX = 5_000;
const POLL_MS = 20;
const PLANS_RUN_OUT_MIN = 10;

const sqlHung: Scenario = {
  name: 'sql-hung',
  targets: [13],
  what: 'PostgreSQL stands still just after a policy changed, so that every plan has run out: heartbeats are answered in time all the same',
  run: (suite) =>
    playThrough(
      suite,
      {
        players: HUNG_PLAYERS,
        beatEveryMs: HUNG_BEAT_MS,
        bounds: {
          refusedInHang: atMost(0),
          plansRunOut: atLeast(PLANS_RUN_OUT_MIN),
          beatsInHang: atLeast(HUNG_PLAYERS),
          catchUpMs: atMost(CATCH_UP_MS_MAX),
        },
      },
      (play) => hangSql(suite, play),
    ),
};

async function hangSql(suite: Suite, { players, stage }: Play): Promise<Suffered> {
  const postgres = await suite.postgres();
  const { ageToken } = await stage.verify('who-asks-for-the-version');
  using backlog = new Backlog(stage.redis.url);
  await wait(2 * HUNG_BEAT_MS);
  const takenBefore = players.map(({ taken }) => taken);
  await changePolicy(stage, ageToken);
  await postgres.freeze();
  const release = suite.track({ [Symbol.asyncDispose]: () => postgres.thaw() });
  try {
    const notHeard = players.filter((player, index) => isWithOldPlan(player, takenBefore[index]!));
    const before = { taken: total(players, 'taken'), refused: total(players, 'refused') };
    await wait(HUNG_MS);
    const measured = {
      plansRunOut: notHeard.length,
      beatsInHang: total(players, 'taken') - before.taken,
      refusedInHang: total(players, 'refused') - before.refused,
      entriesWaited: await backlog.waiting(),
    };
    await postgres.thaw();
    const catchUpMs = (await backlog.msUntilMoved(CATCH_UP_MS_MAX * 2)) ?? Number.POSITIVE_INFINITY;
    return { measured: { ...measured, catchUpMs } };
  } finally {
    await postgres.thaw();
    release();
  }
}

/** No answer since then can have brought it the new version. */
const isWithOldPlan = ({ facts, stoppedBy, taken }: HistoryPlayer, takenBefore: number): boolean =>
  stoppedBy === null && facts.gameId === LONG_POLICY && taken === takenBefore;

/** Puts a next version of the rules into the folder and waits until starts are judged by it. */
async function changePolicy(stage: Stage, ageToken: string): Promise<void> {
  const file = path.join(stage.folder, 'policies', `${LONG_POLICY}-2.json`);
  writeFileSync(file, policyText(LONG_POLICY, { pace: stage.pace, limitMs: null, version: 2 }));
  const deadline = performance.now() + IN_FORCE_MS_MAX;
  while ((await startedVersion(stage, ageToken)) !== 2) {
    if (performance.now() > deadline) throw new Error(`the policy has not changed within ${IN_FORCE_MS_MAX} ms`);
    await wait(POLL_MS);
  }
}

async function startedVersion(stage: Stage, ageToken: string): Promise<number> {
  const body = { ageToken, gameId: LONG_POLICY };
  const { policy, sessionId, sessionToken } = await stage.client.must<{
    readonly policy: { readonly version: number };
    readonly sessionId: string;
    readonly sessionToken: string;
  }>('/v1/sessions', stage.publishableKey, body);
  await stage.client.must(`/v1/sessions/${sessionId}/close`, sessionToken, { reason: 'quit' });
  return policy.version;
}

export const SQL_SCENARIOS: readonly Scenario[] = [sqlAway, sqlHung];
