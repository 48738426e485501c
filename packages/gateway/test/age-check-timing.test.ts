// Whether the time an age check takes tells if the identity is known. Three groups are asked in turn on one gateway: known
// identities, as many known ones again, and unknown ones. The two known groups differ by chance alone, so the gap between
// them is what the machine adds to the gap that is looked for.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWERS_PER_DAY_MAX } from '../src/limits/answer-limit.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { RedisServer } from './support/redis-server.ts';
import { CHILD, createWorld, type World } from './support/request-samples.ts';
import { ManualClock, TestGateway } from './support/test-gateway.ts';
import { medianOf, quantileOf, timeInTurn } from './support/timing.ts';

const GAP_MS_MAX = 5;
/** Of the time a known identity takes, where that is more: a machine held up by others stretches every difference. */
const GAP_SHARE_MAX = 0.3;
const SAMPLES = 40;
/** Odd, for the median; the median of five forgives two that a neighbour spoilt. */
const ROUNDS = 5;
/** Not measured: the compiler and the database warm up. */
const WARM_UP_SAMPLES = 10;
const GROUPS = ['known', 'control', 'unknown'] as const;
type Group = (typeof GROUPS)[number];
type Times = Readonly<Record<Group, readonly number[]>>;

const p95GapOf = (times: Times, left: Group, right: Group) =>
  Math.abs(quantileOf(times[left], 0.95) - quantileOf(times[right], 0.95));

/**
 * `gapMs` and `noiseMs`: at the 95th percentile, medians over the rounds; only a quiet machine has a steady one. `excessMs`: the
 * gap beyond the noise in the best round, since a gap that is there shows in every one. `shiftMs`: the median difference
 * of neighbours in time, which a busy machine hardly moves.
 */
function gapsOf(rounds: readonly Times[]) {
  const gaps = rounds.map((times) => p95GapOf(times, 'unknown', 'known'));
  const noises = rounds.map((times) => p95GapOf(times, 'control', 'known'));
  const differences = rounds.flatMap(({ known, unknown }) => unknown.map((ms, index) => ms - known[index]!));
  return {
    gapMs: medianOf(gaps),
    noiseMs: medianOf(noises),
    excessMs: Math.min(...gaps.map((gap, index) => gap - noises[index]!)),
    shiftMs: medianOf(differences),
  };
}

function report(what: string, rounds: readonly Times[]): void {
  const overRounds = (group: Group, share: number) => medianOf(rounds.map((times) => quantileOf(times[group], share)));
  const figures = {
    p50Known: overRounds('known', 0.5),
    p50Unknown: overRounds('unknown', 0.5),
    p95Known: overRounds('known', 0.95),
    p95Unknown: overRounds('unknown', 0.95),
    ...gapsOf(rounds),
  };
  const rounded = Object.entries(figures).map(([name, value]) => [name, +value.toFixed(2)]);
  console.log(JSON.stringify({ figure: `age check timing, ${what}`, ...Object.fromEntries(rounded) }));
}

function expectNoGap(what: string, rounds: readonly Times[]): void {
  report(what, rounds);
  const { excessMs, shiftMs } = gapsOf(rounds);
  const gapMsMax = Math.max(GAP_MS_MAX, GAP_SHARE_MAX * medianOf(rounds.flatMap(({ known }) => known)));
  expect(excessMs).toBeLessThanOrEqual(gapMsMax);
  expect(Math.abs(shiftMs)).toBeLessThanOrEqual(gapMsMax);
}

describe.each(['embedded', 'PostgreSQL'] as const)('on the %s database', (kind) => {
  let redis: RedisServer;
  let postgres: PostgresServer | null = null;
  let gateway: TestGateway;
  let world: World;

  beforeAll(async () => {
    redis = await RedisServer.start();
    postgres = kind === 'PostgreSQL' ? await startPostgres() : null;
    gateway = await TestGateway.start({
      redisUrl: redis.url,
      clock: new ManualClock(Date.UTC(2026, 9, 14, 3)),
      env: { PLAYGATE_LOG_LEVEL: 'silent' },
      ...(postgres !== null && { databaseUrl: await postgres.createDatabase() }),
    });
    world = await createWorld(gateway);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await postgres?.stop();
    await redis[Symbol.asyncDispose]();
  });

  interface Asked {
    readonly playerRef: string;
    readonly nationalId?: string;
    readonly birthDate?: string;
  }

  /** The same question again is free, and as much work. */
  const check = async (asked: Asked, status = 201) => {
    const body = { ...CHILD, birthDate: '2001-01-01', ...asked };
    const answer = await gateway.send('POST', '/v1/age-verifications', { token: world.tenant.secretKey, body });
    expect(answer.status).toBe(status);
  };

  const measure = async (name: (group: Group, index: number, round: number) => Asked) => {
    await timeInTurn(GROUPS, WARM_UP_SAMPLES, (group, index) => check(name(group, index, 0)));
    const rounds: Times[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const ask = (group: Group, index: number) => check(name(group, index, round));
      rounds.push(await timeInTurn(GROUPS, SAMPLES, ask));
    }
    return rounds;
  };

  it('an account that is known takes as long as one that is not', async () => {
    const known = (group: Group, index: number) => ({ playerRef: `${group} ${index}` });
    await timeInTurn(['known', 'control'], SAMPLES, (group, index) => check(known(group, index)));
    const rounds = await measure((group, index, round) =>
      group === 'unknown' ? { playerRef: `new ${round} ${index}` } : known(group, index),
    );
    expectNoGap(`account, ${kind}`, rounds);
    const slower = rounds.map((times) => ({ ...times, unknown: times.unknown.map((ms) => ms + 2 * GAP_MS_MAX) }));
    expect(gapsOf(slower).shiftMs, 'a gap that is there is found').toBeGreaterThan(GAP_MS_MAX);
  });

  it('a document that is known takes as long as one that is not', async () => {
    const digits = (number: number) => String(number).padStart(5, '0');
    const known = (group: Group, index: number) => `0010${GROUPS.indexOf(group)}${digits(index)}`;
    await timeInTurn(['known', 'control'], SAMPLES, (group, index) =>
      check({ playerRef: `holder ${group} ${index}`, nationalId: known(group, index) }),
    );
    const rounds = await measure((group, index, round) => ({
      playerRef: `asks ${round} ${group} ${index}`,
      nationalId: group === 'unknown' ? `0019${round}${digits(index)}` : known(group, index),
    }));
    expectNoGap(`document, ${kind}`, rounds);
  });

  it('a refusal takes as long', async () => {
    const ask = (body: object) =>
      gateway.send('POST', '/v1/age-verifications', { token: world.tenant.secretKey, body });
    for (let index = 0; index < ANSWERS_PER_DAY_MAX; index++) {
      for (const playerRef of ['known 0', 'control 0'])
        await ask({ ...CHILD, playerRef, birthDate: `199${index}-01-01` });
      // Counted, and nothing is kept of who was asked about: no such issuer is set up.
      const [issuer, returnUrl] = [`https://id-${index}.example`, 'https://game.example'];
      expect((await ask({ playerRef: 'stranger', method: 'oidc', issuer, returnUrl })).status).toBe(422);
    }
    const rounds: Times[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const nameOf = (group: Group) => (group === 'unknown' ? 'stranger' : `${group} 0`);
      rounds.push(
        await timeInTurn(GROUPS, SAMPLES, (group) => check({ playerRef: nameOf(group), birthDate: '2010-01-01' }, 429)),
      );
    }
    expectNoGap(`refusal, ${kind}`, rounds);
  });
});
