// Brings everything that is sealed under the newest master key, so that an older one can be dropped. Each blob says which
// key it needs, so nothing is remembered between runs: whatever is still under another key is what is left to do. A blob
// that a gateway writes meanwhile is left alone; it is under a key in use.
import { type Kysely, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { KEY_ID_PLACE, SealedBox } from './sealed-box.ts';
import type { KeyPurpose, Secrets } from './secrets.ts';

export interface SealedColumn {
  readonly table: keyof Schema;
  readonly column: string;
  readonly purpose: KeyPurpose;
  readonly primaryKey: readonly string[];
  /** Columns that `placeOf` needs, as text. */
  readonly placeColumns: readonly string[];
  /** What the blob is bound to, as its writer names it. */
  readonly placeOf: (...values: readonly string[]) => string;
}

const itself = (id = ''): string => id;

/** Every column with bytes in it; a test holds the list to the database. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  column('players', 'identity', 'identity', ['player_id']),
  column('verifications', 'claim', 'identity', ['verification_id']),
  column('pending_verifications', 'content', 'pending-verification', ['verification_id']),
  column('guardians', 'identity', 'identity', ['guardian_id']),
  {
    table: 'guardianships',
    column: 'relationship',
    purpose: 'identity',
    primaryKey: ['guardianship_no'],
    placeColumns: ['player_id', 'guardian_id'],
    placeOf: (playerId, guardianId) => `${playerId}/${guardianId}`,
  },
  {
    table: 'idempotency_keys',
    column: 'response',
    purpose: 'idempotency',
    primaryKey: ['scope_key_id', 'key_hash'],
    placeColumns: ['scope_key_id', 'key_hash'],
    placeOf: (scopeKeyId, keyHash) => `${scopeKeyId} ${keyHash}`,
  },
  column('signing_keys', 'private_jwk', 'signing-key', ['key_id']),
  column('webhook_endpoints', 'secret', 'webhook-secret', ['endpoint_id']),
  column('webhook_endpoints', 'previous_secret', 'webhook-secret', ['endpoint_id']),
];

/** Small enough that a batch holds its locks for milliseconds. */
export const RESEAL_BATCH_MAX = 200;

export interface ResealProgress {
  readonly table: string;
  readonly column: string;
  readonly done: number;
  readonly total: number;
}

/** How many blobs need each master key, by its id. */
export async function countSealed(db: Kysely<Schema>): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const each of SEALED_COLUMNS) {
    const { rows } = await sql<{ key_id: string; count: number | string }>`
      select ${keyIdOf(each)} as key_id, count(*) as count from ${sql.table(each.table)}
      where ${sql.ref(each.column)} is not null group by 1`.execute(db);
    for (const row of rows) counts.set(row.key_id, (counts.get(row.key_id) ?? 0) + Number(row.count));
  }
  return counts;
}

/** Returns how many blobs were sealed anew. Can be broken off and run again at any time, beside running gateways. */
export async function reseal(
  db: Kysely<Schema>,
  secrets: Secrets,
  onProgress: (progress: ResealProgress) => void,
): Promise<number> {
  let resealed = 0;
  for (const each of SEALED_COLUMNS) resealed += await resealColumn(db, secrets, each, onProgress);
  return resealed;
}

async function resealColumn(
  db: Kysely<Schema>,
  secrets: Secrets,
  each: SealedColumn,
  onProgress: (progress: ResealProgress) => void,
): Promise<number> {
  const newestId = secrets.masterKeys[0]!.id;
  const { rows } = await sql<{ count: number | string }>`
    select count(*) as count from ${sql.table(each.table)}
    where ${sql.ref(each.column)} is not null and ${keyIdOf(each)} <> ${newestId}`.execute(db);
  const total = Number(rows[0]?.count ?? 0);
  const box = new SealedBox(secrets, each.purpose);
  let done = 0;
  for (;;) {
    const count = await resealBatch(db, box, each, newestId);
    if (count === 0) return done;
    done += count;
    onProgress({ table: each.table, column: each.column, done: Math.min(done, total), total });
  }
}

interface Blob {
  readonly blob: Uint8Array;
  readonly place: readonly string[];
  readonly key: readonly (string | number)[];
}

/** One transaction; the rows stay locked until their new blobs are there. */
function resealBatch(db: Kysely<Schema>, box: SealedBox, each: SealedColumn, newestId: string): Promise<number> {
  const json = (names: readonly string[]) => sql`json_build_array(${sql.join(names.map((name) => sql.ref(name)))})`;
  return db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Blob>`
      select ${sql.ref(each.column)} as blob, ${json(each.placeColumns)} as place, ${json(each.primaryKey)} as key
      from ${sql.table(each.table)}
      where ${sql.ref(each.column)} is not null and ${keyIdOf(each)} <> ${newestId}
      limit ${RESEAL_BATCH_MAX} for update`.execute(transaction);
    for (const { blob, key, place } of rows) {
      const where = each.primaryKey.map((name, index) => sql`${sql.ref(name)} = ${key[index]}`);
      const name = each.placeOf(...place);
      await sql`
        update ${sql.table(each.table)} set ${sql.ref(each.column)} = ${box.seal(box.open(blob, name), name)}
        where ${sql.join(where, sql` and `)}`.execute(transaction);
    }
    return rows.length;
  });
}

function keyIdOf({ column }: SealedColumn) {
  return sql`encode(substring(${sql.ref(column)} from ${sql.lit(KEY_ID_PLACE.from)} for ${sql.lit(KEY_ID_PLACE.bytes)}), 'hex')`;
}

function column(table: keyof Schema, name: string, purpose: KeyPurpose, primaryKey: readonly string[]): SealedColumn {
  return { table, column: name, purpose, primaryKey, placeColumns: primaryKey, placeOf: itself };
}
