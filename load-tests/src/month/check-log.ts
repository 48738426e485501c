// The event log beside what happened: every entry once, those of a partition in their order, and the root over their leaves made
// by a tree of this file's own (RFC 6962).
import { createHash } from 'node:crypto';
import type { Database } from '../../../packages/gateway/src/store/sql/open-database.ts';
import type { Cast } from './cast.ts';
import { entriesIn } from './delivery.ts';
import { GATEWAY_PARTITION, partitionsOf } from './make-household.ts';

export interface CheckedLog {
  readonly events: number;
  readonly missing: number;
  /** Twice, or of nothing that happened. */
  readonly extra: number;
  readonly misplaced: number;
  readonly root: Buffer;
}

export async function checkLog({ db }: Database, cast: Cast): Promise<CheckedLog> {
  const tally = { events: 0, missing: 0, extra: 0, misplaced: 0 };
  for (const partition of [...partitionsOf(cast), GATEWAY_PARTITION]) {
    const expected = entriesIn(cast, partition);
    const rows = await db
      .selectFrom('events')
      .select(['entry_id', 'kind', 'at'])
      .where('partition', '=', partition)
      .orderBy('seq')
      .execute();
    tally.events += rows.length;
    tally.missing += Math.max(0, expected.length - rows.length);
    tally.extra += Math.max(0, rows.length - expected.length);
    for (const [index, { at, entry_id, kind }] of rows.entries()) {
      const entry = expected[index];
      const isSame = entry?.entryId === entry_id && entry.fields.kind === kind && isAt(entry.fields, at);
      if (!isSame) tally.misplaced += 1;
    }
  }
  return { ...tally, root: await rootOfLeaves(db) };
}

const isAt = ({ at, to }: Readonly<Record<string, string>>, instant: number): boolean => Number(at ?? to) === instant;

const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const [LEAF, NODE] = [Buffer.of(0), Buffer.of(1)];
const LEAVES_PER_READ = 20_000;

async function rootOfLeaves(db: Database['db']): Promise<Buffer> {
  const subtrees: { readonly width: number; readonly hash: Buffer }[] = [];
  for (let next = 0; ; ) {
    const rows = await db
      .selectFrom('events')
      .select(['seq', 'leaf'])
      .where('seq', '>=', next)
      .orderBy('seq')
      .limit(LEAVES_PER_READ)
      .execute();
    for (const { leaf, seq } of rows) {
      if (seq !== next++) throw new Error(`there is no leaf ${next - 1}`);
      let [width, hash] = [1, sha256(LEAF, leaf)];
      while (subtrees.at(-1)?.width === width) {
        hash = sha256(NODE, subtrees.pop()!.hash, hash);
        width *= 2;
      }
      subtrees.push({ width, hash });
    }
    if (rows.length < LEAVES_PER_READ) break;
  }
  return subtrees.map(({ hash }) => hash).reduceRight((right, left) => sha256(NODE, left, right));
}
