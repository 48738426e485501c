// What retention deletes, what a hold keeps, and that the evidence tree still stands on what is left.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CalendarDate, DAY_MS, type Instant, PACKS } from '@playgate/policy';
import { expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { CompactRange } from '../src/compliance/evidence/compact-range.ts';
import { readGoneLine } from '../src/compliance/evidence/gone-entry.ts';
import { leafHash } from '../src/compliance/evidence/merkle.ts';
import { TileTree } from '../src/compliance/evidence/tile-tree.ts';
import { checkEntries } from '../src/compliance/evidence/verify/check-entries.ts';
import { FILES } from '../src/compliance/evidence/verify/evidence-files.ts';
import { FollowerRunner } from '../src/compliance/follower-runner.ts';
import { applyRetention } from '../src/compliance/retention/apply-retention.ts';
import { retentionRules } from '../src/compliance/retention/retention-rules.ts';
import type { Mode } from '../src/directory/world.ts';
import { loadPolicies } from '../src/load-policies.ts';
import { MemorySessionStore } from '../src/store/memory/memory-session-store.ts';
import { IdentityVault } from '../src/store/sql/identity-vault.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlEvidenceLog } from '../src/store/sql/sql-evidence-log.ts';
import { SqlEvidenceTree } from '../src/store/sql/sql-evidence-tiles.ts';
import { SqlFollowedLog } from '../src/store/sql/sql-followed-log.ts';
import { SqlLegalHolds } from '../src/store/sql/sql-legal-holds.ts';
import { SqlPlayers } from '../src/store/sql/sql-players.ts';
import { SqlProjector } from '../src/store/sql/sql-projector.ts';
import { retentionJobs } from '../src/store/sql/sql-retention.ts';
import { openTestDatabase } from './support/databases.ts';
import { entryOf, openTestRecord, POLICY_BOOK } from './support/event-log.ts';
import { testSecrets } from './support/secrets.ts';

const NOW = Date.UTC(2026, 9, 14, 3);
const OLD = Date.UTC(2025, 7, 15, 3);
const RULES = retentionRules((await loadPolicies('vn-147-2024', null)).all);
const MINUTE_MS = 60_000;

async function played(database: Database, at: Instant, player: string, mode: Mode = 'live'): Promise<void> {
  const { log } = openTestRecord(database, new MemorySessionStore(systemClock));
  const world = `${mode}:prv_one`;
  const subject = { world, player, person: player.replace('ply', 'per'), session: `ses_${player}_${at}` };
  const date: CalendarDate = new Date(at).toISOString().slice(0, 10);
  await log.append('p001', [
    entryOf('opened', { ...subject, at: String(at) }, `${at}-1${player}`),
    entryOf(
      'play',
      { ...subject, date, from: String(at), to: String(at + MINUTE_MS), leased: '0' },
      `${at + MINUTE_MS}-2${player}`,
    ),
    entryOf(
      'ended',
      { ...subject, at: String(at + MINUTE_MS), cause: 'closed', limit: '-1', ordered: '-1', overrun: '0', gaps: '0' },
      `${at + MINUTE_MS}-3${player}`,
    ),
  ]);
}

async function follow({ db }: Database): Promise<void> {
  const followers = [new SqlProjector(POLICY_BOOK), new SqlEvidenceTree()];
  const onTrouble = (what: string, cause: unknown) => {
    throw new Error(what, { cause });
  };
  await new FollowerRunner({ log: new SqlFollowedLog(db), followers, onTrouble }).run();
}

async function createPlayer({ db }: Database, playerId: string, usedAt: Instant): Promise<void> {
  await db
    .insertInto('providers')
    .values({ provider_id: 'prv_one', name: 'Studio', created_at: OLD })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const world = { provider_id: 'prv_one', mode: 'live' as const };
  const personId = playerId.replace('ply', 'per');
  await db
    .insertInto('persons')
    .values({ ...world, person_id: personId, national_id_hash: null, human_id: null, created_at: usedAt })
    .execute();
  await db
    .insertInto('players')
    .values({
      ...world,
      player_id: playerId,
      person_id: personId,
      player_ref_hash: playerId,
      identity: null,
      assurance: null,
      created_at: usedAt,
      updated_at: usedAt,
      erased_at: null,
      provisional_from_at: null,
    })
    .execute();
}

async function apply(database: Database, isDryRun = false, now = NOW) {
  const policies = await loadPolicies('vn-147-2024', null);
  const vault = new IdentityVault(testSecrets(), { countsHumans: false });
  const players = new SqlPlayers({ db: database.db, vault, defaultPolicyAt: policies.defaultAt });
  const jobs = retentionJobs({ db: database.db, players, now });
  const results = await applyRetention({ jobs, rules: RULES, isDryRun, now, onProgress: () => {} });
  return results.filter(({ count }) => count > 0);
}

/** What a verifier says of these lines. */
async function checked(lines: readonly string[], root: Uint8Array) {
  const directory = await mkdtemp(path.join(tmpdir(), 'playgate-gone-'));
  const file = path.join(directory, FILES.entries);
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  const checkpoint = { origin: 'playgate.test', size: 6, root };
  const quiet = { onEntry: () => {}, onGone: () => {}, onProgress: () => {} };
  const { checks } = await checkEntries({ file, checkpoint, range: null, previousSize: null, ...quiet });
  await rm(directory, { recursive: true });
  return checks;
}

const seqsOf = async ({ db }: Database) =>
  (await db.selectFrom('events').select('seq').orderBy('seq').execute()).map(({ seq }) => seq);

test('policies say how long, and the longest time holds', () => {
  expect(RULES.find(({ dataClass }) => dataClass === 'evidence')).toMatchObject({ keepDays: 400, verified: false });
  expect(RULES.find(({ dataClass }) => dataClass === 'sign_ins')?.cite).toContain('Set by the product');
  expect(PACKS.length).toBeGreaterThan(1);
});

test('a month of events goes when all of it is too old, and the tree still verifies over the hashes', async () => {
  await using database = await openTestDatabase();
  await played(database, OLD, 'ply_old');
  await played(database, NOW - DAY_MS, 'ply_new');
  await follow(database);
  const log = new SqlEvidenceLog(database.db);
  const root = await new TileTree(log.readTiles).root(6);

  const due = await apply(database, true);
  const keys = due.map(({ dataClass, what, count, deleted }) => [dataClass, what, count, deleted]);
  expect(keys).toEqual([
    ['evidence', 'events of 202508', 3, 0],
    ['evidence', 'session records', 1, 0],
    ['evidence', 'day summaries', 1, 0],
  ]);
  expect(due[0]).toMatchObject({ keepDays: 400, fromAt: OLD, toAt: OLD + MINUTE_MS });
  expect(await seqsOf(database)).toHaveLength(6);

  expect((await apply(database)).map(({ deleted }) => deleted)).toEqual([3, 1, 1]);
  expect(await seqsOf(database)).toEqual([3, 4, 5]);
  expect(await apply(database)).toEqual([]);

  const lines: string[] = [];
  for await (const some of log.readEntries({ start: 0, end: 6, world: null })) lines.push(...some);
  expect(lines.map((line) => readGoneLine(line)?.seq ?? null)).toEqual([0, 1, 2, null, null, null]);
  const tree = CompactRange.empty();
  for (const line of lines) tree.appendLeaf(readGoneLine(line)?.leafHash ?? leafHash(Buffer.from(line)));
  expect(Buffer.from(tree.root())).toEqual(Buffer.from(root));
  const states = async (some: readonly string[]) => (await checked(some, root)).map(({ state }) => state);
  expect((await checked(lines, root))[0]!.detail).toContain('of 3 only the hash is left');
  expect(await states(lines)).toEqual(['ok', 'ok']);
  expect(await states([lines[1]!.replace('"seq":1', '"seq":0'), ...lines.slice(1)])).toEqual(['ok', 'failed']);
  expect(await states(lines.toSpliced(1, 1))).toEqual(['failed', 'not_checked']);
  const ofWorld: string[] = [];
  const world = { providerId: 'prv_one', mode: 'live' } as const;
  for await (const some of log.readEntries({ start: 0, end: 6, world })) ofWorld.push(...some);
  expect(ofWorld).toEqual(lines.slice(3));

  await played(database, NOW, 'ply_new');
  await follow(database);
  expect(await seqsOf(database)).toEqual([3, 4, 5, 6, 7, 8]);
});

test('events that a follower has not taken in stay', async () => {
  await using database = await openTestDatabase();
  await played(database, OLD, 'ply_old');
  expect((await apply(database)).map(({ held, what }) => [what, held])).toEqual([['events of 202508', true]]);
  expect(await seqsOf(database)).toHaveLength(3);
});

test('test worlds are kept for a shorter time, by real time', async () => {
  await using database = await openTestDatabase();
  await played(database, NOW - 31 * DAY_MS, 'ply_old', 'test');
  await played(database, NOW - 29 * DAY_MS, 'ply_new', 'test');
  await follow(database);
  expect(await apply(database)).toMatchObject([{ what: 'events of test worlds', count: 3, deleted: 3, keepDays: 30 }]);
  expect(await seqsOf(database)).toEqual([3, 4, 5]);
});

test('who was not seen for half a year is forgotten, whose play is younger is not', async () => {
  await using database = await openTestDatabase();
  await createPlayer(database, 'ply_gone', NOW - 185 * DAY_MS);
  await createPlayer(database, 'ply_plays', NOW - 300 * DAY_MS);
  await createPlayer(database, 'ply_new', NOW - DAY_MS);
  await played(database, NOW - 10 * DAY_MS, 'ply_plays');
  await follow(database);
  expect(await apply(database)).toMatchObject([{ dataClass: 'identity', count: 1, deleted: 1 }]);
  const erased = await database.db
    .selectFrom('players')
    .select('player_id')
    .where('erased_at', 'is not', null)
    .execute();
  expect(erased).toEqual([{ player_id: 'ply_gone' }]);
});

test('a hold keeps a player, the months with its events, and its erasure until it is released', async () => {
  await using database = await openTestDatabase();
  const holds = new SqlLegalHolds(database.db);
  const world = { providerId: 'prv_one', mode: 'live' } as const;
  await createPlayer(database, 'ply_held', NOW - 300 * DAY_MS);
  await createPlayer(database, 'ply_other', NOW - 300 * DAY_MS);
  await played(database, OLD, 'ply_held');
  await played(database, OLD, 'ply_other');
  await follow(database);
  const subject = { scope: 'player', subjectId: 'ply_held', reason: 'case 12', author: 'anna' } as const;
  expect(await holds.place({ ...subject, subjectId: 'ply_none' }, NOW)).toBeNull();
  const hold = await holds.place(subject, NOW);
  expect(await holds.deferErasure(world, 'ply_other', NOW)).toBe(false);
  expect(await holds.deferErasure(world, 'ply_held', NOW)).toBe(true);
  expect(await holds.listReleasedErasures()).toEqual([]);

  const results = await apply(database);
  const found = results.map(({ what, held, count, deleted }) => [what, held, count, deleted]);
  expect(found).toEqual([
    ['events of 202508', true, 6, 0],
    ['session records', false, 1, 1],
    ['session records', true, 1, 0],
    ['day summaries', false, 1, 1],
    ['day summaries', true, 1, 0],
    ['players not seen any more', false, 1, 1],
    ['players not seen any more', true, 1, 0],
  ]);

  expect(await holds.release(hold!.holdId, 'anna', NOW)).toBe(true);
  expect(await holds.release(hold!.holdId, 'anna', NOW)).toBe(false);
  expect(await holds.listReleasedErasures()).toEqual([{ world, playerId: 'ply_held' }]);
  expect((await apply(database)).map(({ what, deleted }) => [what, deleted])).toEqual([
    ['events of 202508', 6],
    ['session records', 1],
    ['day summaries', 1],
    ['players not seen any more', 1],
  ]);
});
