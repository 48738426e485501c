import type { Instant } from '@playgate/policy';
import { type Kysely, type Selectable, sql } from 'kysely';
import { ed25519Signer, type PublicJwk, publicKeyOf } from '../../compliance/evidence/ed25519.ts';
import {
  EVIDENCE_KEY_OVERLAP_MS,
  type EvidenceKey,
  type EvidenceKeys,
  type EvidenceSigner,
  endorsementText,
  noteSignerOf,
} from '../../compliance/evidence/evidence-keys.ts';
import { signNote } from '../../compliance/evidence/signed-note.ts';
import { generateSigningKey } from '../../tokens/signing-key.ts';
import type { Schema } from './schema.ts';
import { SealedBox } from './sealed-box.ts';
import type { Secrets } from './secrets.ts';

const PURPOSE = 'evidence';

type Row = Selectable<Schema['signing_keys']> & { readonly endorsement: string | null };

/** Keys that sign evidence, in the table of all signing keys. They are read each time: they sign rarely. */
export class SqlEvidenceKeys implements EvidenceKeys {
  readonly #db: Kysely<Schema>;
  readonly #box: SealedBox;

  constructor(db: Kysely<Schema>, secrets: Secrets) {
    this.#db = db;
    this.#box = new SealedBox(secrets, 'signing-key');
  }

  async list(now: Instant): Promise<readonly EvidenceKey[]> {
    return (await this.#readOrMake(now)).map(keyOf);
  }

  async signers(now: Instant): Promise<readonly [EvidenceSigner, ...EvidenceSigner[]]> {
    const [current, before] = await this.#readOrMake(now);
    const isOverlap = now < current!.signs_from_at + EVIDENCE_KEY_OVERLAP_MS;
    const signer = this.#signerOf(current!);
    return before !== undefined && isOverlap ? [signer, this.#signerOf(before)] : [signer];
  }

  rotate(now: Instant, origin: string): Promise<EvidenceKey> {
    return this.#alone(async (db) => {
      const rows = await this.#read(db);
      const [before] = rows;
      // Of two keys of the same instant nobody could tell which is the newer one.
      const signsFromAt = Math.max(now, (before?.signs_from_at ?? 0) + 1);
      const row = await this.#insert(db, signsFromAt);
      if (before === undefined) return keyOf(row, 0, [row]);
      const pair = [before, row].map((each) => noteSignerOf(this.#signerOf(each), origin));
      const note = signNote(endorsementText(pair[0]!, pair[1]!), pair);
      await db.insertInto('evidence_endorsements').values({ key_id: row.key_id, note }).execute();
      return keyOf({ ...row, endorsement: note }, 0, [row]);
    });
  }

  async #readOrMake(now: Instant): Promise<readonly Row[]> {
    const rows = await this.#read(this.#db);
    if (rows.length > 0) return rows;
    return this.#alone(async (db) => {
      const madeMeanwhile = await this.#read(db);
      return madeMeanwhile.length > 0 ? madeMeanwhile : [await this.#insert(db, now)];
    });
  }

  /** Gateways that start or rotate together must agree. */
  #alone<Result>(run: (db: Kysely<Schema>) => Promise<Result>): Promise<Result> {
    return this.#db.transaction().execute(async (db) => {
      await sql`lock table signing_keys in exclusive mode`.execute(db);
      return run(db);
    });
  }

  /** Newest first. */
  #read(db: Kysely<Schema>): Promise<readonly Row[]> {
    return db
      .selectFrom('signing_keys')
      .leftJoin('evidence_endorsements', 'evidence_endorsements.key_id', 'signing_keys.key_id')
      .selectAll('signing_keys')
      .select('evidence_endorsements.note as endorsement')
      .where('purpose', '=', PURPOSE)
      .orderBy('signs_from_at', 'desc')
      .execute();
  }

  async #insert(db: Kysely<Schema>, signsFromAt: Instant): Promise<Row> {
    const { keyId, privateJwk, publicJwk } = await generateSigningKey();
    const row = await db
      .insertInto('signing_keys')
      .values({
        key_id: keyId,
        purpose: PURPOSE,
        algorithm: 'EdDSA',
        public_jwk: JSON.stringify(publicJwk),
        private_jwk: this.#box.seal(JSON.stringify(privateJwk), keyId),
        created_at: signsFromAt,
        signs_from_at: signsFromAt,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { ...row, endorsement: null };
  }

  #signerOf({ key_id, private_jwk, public_jwk }: Row): EvidenceSigner {
    const privateJwk = JSON.parse(this.#box.open(private_jwk, key_id)) as object;
    return { keyId: key_id, publicKey: publicKeyOf({ ...public_jwk }), sign: ed25519Signer(privateJwk) };
  }
}

function keyOf(row: Row, index: number, rows: readonly Row[]): EvidenceKey {
  return {
    keyId: row.key_id,
    publicJwk: row.public_jwk as PublicJwk,
    signsFromAt: row.signs_from_at,
    signsUntilAt: rows[index - 1]?.signs_from_at ?? null,
    endorsement: row.endorsement,
  };
}
