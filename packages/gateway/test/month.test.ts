// A generated month (load-tests/src/month.ts has it at full size) through the pump, which crashes between keeping and trimming,
// and everything that reports and evidence say of it held against what happened.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCast } from '../../../load-tests/src/month/cast.ts';
import { TAMPERS } from '../../../load-tests/src/month/check-evidence.ts';
import { checkLog } from '../../../load-tests/src/month/check-log.ts';
import { ReportComparison } from '../../../load-tests/src/month/compare-reports.ts';
import { MonthDelivery } from '../../../load-tests/src/month/delivery.ts';
import { appendGatewayEntries, enrol, openMonth, truthOf } from '../../../load-tests/src/month/open-month.ts';
import { Random } from '../../../load-tests/src/month/random.ts';
import { Recount } from '../../../load-tests/src/month/recount.ts';
import { readGivenKeys } from '../src/compliance/evidence/verify/trusted-keys.ts';
import { verifyDirectory } from '../src/compliance/evidence/verify/verify-directory.ts';
import { openEvidence } from '../src/open-evidence.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { openTestDatabase } from './support/databases.ts';
import { testSecrets } from './support/secrets.ts';

const EVENTS = 2_500;
const ORIGIN = 'playgate.test/evidence';
/** Moves after which a pump dies. */
const CRASHES_AFTER = [3, 7];

const cast = makeCast({ events: EVENTS, partitions: 8, seed: 4 });
let database: Database;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'playgate-month-'));
  database = await openTestDatabase();
  await enrol(database, cast);
  const delivery = new MonthDelivery(cast, null);
  for (const movesMax of [...CRASHES_AFTER, Number.POSITIVE_INFINITY]) await pumpUntilItDies(delivery, movesMax);
});
afterAll(async () => {
  await database.close();
  await rm(home, { recursive: true });
});

async function pumpUntilItDies(delivery: MonthDelivery, movesMax: number): Promise<void> {
  let moves = 0;
  const month = await openMonth(database, {
    readBacklog: () => delivery.readBacklog(),
    readEntries: (partition, countMax) => delivery.readEntries(partition, Math.min(countMax, 50)),
    trimEntries: async (partition, entryIds) => {
      if (++moves > movesMax) throw new Error('crash');
      await delivery.trimEntries(partition, entryIds);
    },
  });
  try {
    while ((await delivery.readBacklog()).length > 0) await month.pump.drain();
  } catch (error) {
    if (movesMax === Number.POSITIVE_INFINITY) throw error;
  }
  await appendGatewayEntries(month, cast);
  await month.followers.run();
}

const openService = () =>
  openEvidence({
    db: database.db,
    secrets: testSecrets(),
    origin: ORIGIN,
    record: { catchUp: async () => true },
    realNow: () => Date.now(),
  }).evidence;

test('every entry is in the log once and in order, and under the signed root', async () => {
  const { events, root, ...wrong } = await checkLog(database, cast);
  expect(wrong).toEqual({ missing: 0, extra: 0, misplaced: 0 });
  expect(events).toBeGreaterThanOrEqual(EVENTS);
  const note = await openService().checkpoint(Date.now());
  expect(note.split('\n').slice(0, 3)).toEqual([ORIGIN, String(events), root.toString('base64')]);
});

test('reports and forms say what a recount of what happened says', async () => {
  const comparison = new ReportComparison(database, new Recount(truthOf(cast)), cast);
  await comparison.compareDaily();
  await comparison.comparePeriodic();
  expect(comparison.problems.slice(0, 5)).toEqual([]);
  expect(comparison.figures).toBeGreaterThan(100_000);
});

test('the recount notices one session that is missing', async () => {
  const truth = truthOf(cast);
  const at = truth.sessions.findIndex(({ mode, plays }) => mode === 'live' && plays.length > 0);
  truth.sessions.splice(at, 1);
  const comparison = new ReportComparison(database, new Recount(truth), cast);
  await comparison.comparePeriodic();
  expect(comparison.problems).not.toEqual([]);
});

test('the evidence verifies, and no tampering does', async () => {
  const evidence = openService();
  const now = Date.now();
  const note = await evidence.checkpoint(now);
  const [key] = await evidence.keys(now);
  const keys = readGivenKeys(JSON.stringify(key!.publicJwk));
  const leaves: string[] = [];
  for await (const some of (await evidence.entries(0, null, null)).entries) leaves.push(...some);
  await writeFile(path.join(home, 'checkpoint'), note);
  const verify = async (lines: readonly string[]) => {
    await writeFile(path.join(home, 'entries.jsonl'), lines.map((line) => `${line}\n`).join(''));
    return verifyDirectory({ directory: home, keys, onProgress: () => {} });
  };
  const { checks, outcome } = await verify(leaves);
  expect(outcome, JSON.stringify(checks)).toBe('verified');
  const random = new Random(now);
  for (const [name, tamper] of Object.entries(TAMPERS)) {
    const lines = [...leaves];
    tamper(lines, random.int(0, lines.length - 1), random);
    expect((await verify(lines)).outcome, name).toBe('failed');
  }
});
