import { expect, test } from 'vitest';
import type { LoggedEvent } from '../src/compliance/compliance-event.ts';
import { parseCheckpoint } from '../src/compliance/evidence/checkpoint.ts';
import { CompactRange } from '../src/compliance/evidence/compact-range.ts';
import { verifyDetached } from '../src/compliance/evidence/detached-jws.ts';
import { EVIDENCE_KEY_OVERLAP_MS } from '../src/compliance/evidence/evidence-keys.ts';
import { EvidenceForkError, EvidenceService } from '../src/compliance/evidence/evidence-service.ts';
import { keySetOf } from '../src/compliance/evidence/key-set.ts';
import { leafHash } from '../src/compliance/evidence/merkle.ts';
import { openNote, parseVerifierKey } from '../src/compliance/evidence/signed-note.ts';
import { sampleEvents, sampleLeaves } from '../src/compliance/evidence/testing/sample-log.ts';
import { spreadTrust } from '../src/compliance/evidence/verify/trusted-keys.ts';
import { verifyConsistency, verifyInclusion } from '../src/compliance/evidence/verify-proof.ts';
import { openEvidence } from '../src/open-evidence.ts';
import type { Database } from '../src/store/sql/open-database.ts';
import { SqlEvidenceKeys } from '../src/store/sql/sql-evidence-keys.ts';
import { SqlEvidenceLog } from '../src/store/sql/sql-evidence-log.ts';
import { SqlEvidenceTree } from '../src/store/sql/sql-evidence-tiles.ts';
import { describeOnDatabases } from './support/databases.ts';
import { testSecrets } from './support/secrets.ts';

const ORIGIN = 'playgate.test/evidence';
const NOW = Date.parse('2026-11-20T03:00:00Z');
const COUNT = 1_300;

const leaves = sampleLeaves(COUNT);
const logged: readonly LoggedEvent[] = [...sampleEvents(COUNT)].map((event, seq) => ({
  seq,
  leaf: leaves[seq]!,
  event,
  personId: null,
  playerId: null,
}));

const rootOf = (count: number): string => {
  const tree = CompactRange.empty();
  for (const leaf of leaves.slice(0, count)) tree.appendLeaf(leafHash(leaf));
  return Buffer.from(tree.root()).toString('hex');
};

describeOnDatabases('the evidence tree', (database) => {
  const secrets = testSecrets();
  const follower = new SqlEvidenceTree();
  const grow = (from: number, to: number) =>
    database()
      .db.transaction()
      .execute((db) => follower.apply(logged.slice(from, to), db));

  const empty = async () => {
    for (const table of ['evidence_tiles', 'evidence_checkpoints', 'evidence_endorsements'] as const) {
      await database().db.deleteFrom(table).execute();
    }
    await database().db.deleteFrom('signing_keys').where('purpose', '=', 'evidence').execute();
    await database().db.updateTable('evidence_tree').set({ size: 0 }).execute();
  };

  const serviceOf = ({ db }: Database = database()) =>
    new EvidenceService({
      log: new SqlEvidenceLog(db),
      keys: new SqlEvidenceKeys(db, secrets),
      record: { catchUp: async () => true },
      origin: ORIGIN,
    });

  const keysAt = async (now: number) => keySetOf(ORIGIN, await new SqlEvidenceKeys(database().db, secrets).list(now));
  const open = async (note: string, now = NOW) => {
    const verifiers = (await keysAt(now)).keys.map(({ verifierKey }) => parseVerifierKey(verifierKey));
    const { signedBy, text } = openNote(note, verifiers);
    return { ...parseCheckpoint(text), signedBy };
  };

  test('grows with the log, in parts of any size, and proves what it says', async () => {
    await empty();
    for (const [from, to] of [
      [0, 1],
      [1, 500],
      [500, 1_000],
      [1_000, COUNT],
    ] as const)
      await grow(from, to);
    const service = serviceOf();
    const { root, size } = await open(await service.checkpoint(NOW));
    expect([size, Buffer.from(root).toString('hex')]).toEqual([COUNT, rootOf(COUNT)]);
    for (const index of [0, 255, 256, 999, COUNT - 1]) {
      const proof = await service.inclusionProof(index, COUNT);
      expect(verifyInclusion({ index, size, leaf: leafHash(leaves[index]!), root }, proof)).toBe(true);
    }
    const fromRoot = Buffer.from(rootOf(777), 'hex');
    const proof = await service.consistencyProof(777, COUNT);
    expect(verifyConsistency({ from: 777, to: COUNT, fromRoot, toRoot: root }, proof)).toBe(true);
    await expect(service.inclusionProof(COUNT, COUNT)).rejects.toThrow('See `errors`');
    await expect(service.consistencyProof(0, COUNT + 1)).rejects.toThrow('See `errors`');
  });

  test('takes each event once, and none out of order', async () => {
    await empty();
    await grow(0, 300);
    await expect(grow(299, 310)).rejects.toThrow('cannot go on');
    await expect(grow(301, 310)).rejects.toThrow('cannot go on');
    const failing = database()
      .db.transaction()
      .execute(async (db) => {
        await follower.apply(logged.slice(300, 700), db);
        throw new Error('died');
      });
    await expect(failing).rejects.toThrow('died');
    await grow(300, 700);
    const { root } = await open(await serviceOf().checkpoint(NOW));
    expect(Buffer.from(root).toString('hex')).toBe(rootOf(700));
  });

  test('is signed again only when it has grown or the keys have changed', async () => {
    await empty();
    await grow(0, 10);
    const service = serviceOf();
    const note = await service.checkpoint(NOW);
    expect(await service.checkpoint(NOW + 1)).toBe(note);
    await grow(10, 11);
    const next = await service.checkpoint(NOW + 2);
    expect((await open(next)).size).toBe(11);
    await new SqlEvidenceKeys(database().db, secrets).rotate(NOW + 3, ORIGIN);
    expect(await service.checkpoint(NOW + 4)).not.toBe(next);
    const kept = await database().db.selectFrom('evidence_checkpoints').select('size').execute();
    expect(kept.map(({ size }) => size).sort()).toEqual([10, 11, 11]);
  });

  test('is not signed when it has lost or changed what was signed before', async () => {
    await empty();
    await grow(0, 600);
    const service = serviceOf();
    await service.checkpoint(NOW);
    const { db } = database();
    const tiles = await db.selectFrom('evidence_tiles').selectAll().execute();
    const restore = async () => {
      await db.deleteFrom('evidence_tiles').execute();
      await db.insertInto('evidence_tiles').values(tiles).execute();
      await db.updateTable('evidence_tree').set({ size: 600 }).execute();
    };
    const ways: readonly (() => Promise<unknown>)[] = [
      () => db.updateTable('evidence_tree').set({ size: 599 }).execute(),
      () => db.deleteFrom('evidence_tiles').where('level', '=', 1).execute(),
      async () => {
        await db.deleteFrom('evidence_tiles').execute();
        await db.updateTable('evidence_tree').set({ size: 0 }).execute();
        const other = logged.slice(0, 601).map((event) => ({ ...event, leaf: `${event.leaf} ` }));
        await db.transaction().execute((transaction) => follower.apply(other, transaction));
      },
    ];
    for (const way of ways) {
      await way();
      await expect(service.assertUnforked()).rejects.toThrow(EvidenceForkError);
      await restore();
    }
    await service.assertUnforked();
    await grow(600, 601);
    await service.checkpoint(NOW);
  });

  test('is signed by the key of before too while people learn of a new one, and the two vouch for each other', async () => {
    await empty();
    await grow(0, 5);
    const keys = new SqlEvidenceKeys(database().db, secrets);
    const [old] = await keys.list(NOW);
    const fresh = await keys.rotate(NOW + 1, ORIGIN);
    const signers = (note: string, now: number) => open(note, now).then(({ signedBy }) => signedBy.length);
    expect(await signers(await serviceOf().checkpoint(NOW + 2), NOW + 2)).toBe(2);
    const later = NOW + 1 + EVIDENCE_KEY_OVERLAP_MS;
    expect(await signers(await serviceOf().checkpoint(later), later)).toBe(1);
    const published = await keysAt(later);
    expect(published.keys.map(({ kid, signsUntilAt }) => [kid, signsUntilAt])).toEqual([
      [fresh.keyId, null],
      [old!.keyId, '2026-11-20T03:00:00.001Z'],
    ]);
    const oldKey = Buffer.from(old!.publicJwk.x, 'base64url');
    expect(spreadTrust([oldKey], structuredClone(published) as never, ORIGIN)).toHaveLength(2);
    const { reportSigner } = openEvidence({
      db: database().db,
      secrets,
      origin: ORIGIN,
      record: { catchUp: async () => true },
      realNow: () => later,
    });
    const bytes = Buffer.from('a report');
    const publicKey = Buffer.from(fresh.publicJwk.x, 'base64url');
    const jws = await reportSigner.sign(bytes);
    expect(verifyDetached(jws, bytes, (keyId) => (keyId === fresh.keyId ? publicKey : undefined))).toBe(fresh.keyId);
    expect(await reportSigner.sign(bytes)).toBe(jws);
  });

  test('gateways that start together make one key', async () => {
    await empty();
    const lists = await Promise.all([1, 2, 3].map(() => new SqlEvidenceKeys(database().db, secrets).list(NOW)));
    expect(new Set(lists.flat().map(({ keyId }) => keyId)).size).toBe(1);
  });
});
