import type { Instant } from '@playgate/policy';
import { type Kysely, sql } from 'kysely';
import type { SigningKey, SigningKeys } from '../../tokens/signing-key.ts';
import { generateSigningKey } from '../../tokens/signing-key.ts';
import type { Schema } from './schema.ts';
import { SealedBox } from './sealed-box.ts';
import type { Secrets } from './secrets.ts';

const PURPOSE = 'age-token';

export class SqlSigningKeys implements SigningKeys {
  readonly #db: Kysely<Schema>;
  readonly #box: SealedBox;

  constructor(db: Kysely<Schema>, secrets: Secrets) {
    this.#db = db;
    this.#box = new SealedBox(secrets, 'signing-key');
  }

  async list(now: Instant): Promise<readonly SigningKey[]> {
    const keys = await this.#read(this.#db);
    if (keys.length > 0) return keys;
    return this.#db.transaction().execute(async (db) => {
      // Gateways that start together must agree on the first key.
      await sql`lock table signing_keys in exclusive mode`.execute(db);
      const madeMeanwhile = await this.#read(db);
      return madeMeanwhile.length > 0 ? madeMeanwhile : [await this.#insert(db, now)];
    });
  }

  add(now: Instant): Promise<SigningKey> {
    return this.#insert(this.#db, now);
  }

  async #read(db: Kysely<Schema>): Promise<readonly SigningKey[]> {
    const rows = await db
      .selectFrom('signing_keys')
      .selectAll()
      .where('purpose', '=', PURPOSE)
      .orderBy('created_at', 'desc')
      .orderBy('key_id')
      .execute();
    return rows.map((row) => ({
      keyId: row.key_id,
      publicJwk: row.public_jwk,
      privateJwk: JSON.parse(this.#box.open(row.private_jwk, row.key_id)) as object,
    }));
  }

  async #insert(db: Kysely<Schema>, now: Instant): Promise<SigningKey> {
    const key = await generateSigningKey();
    await db
      .insertInto('signing_keys')
      .values({
        key_id: key.keyId,
        purpose: PURPOSE,
        algorithm: 'EdDSA',
        public_jwk: JSON.stringify(key.publicJwk),
        private_jwk: this.#box.seal(JSON.stringify(key.privateJwk), key.keyId),
        created_at: now,
      })
      .execute();
    return key;
  }
}
