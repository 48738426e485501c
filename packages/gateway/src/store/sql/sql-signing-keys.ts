import { limits } from '@playgate/contract';
import { formatInstant, type Instant } from '@playgate/policy';
import { type Kysely, type Selectable, sql } from 'kysely';
import {
  generateSigningKey,
  RotationUnderWayError,
  SIGNING_KEY_VERIFIES_MS,
  SIGNING_OVERLAP_MS,
  type SigningKey,
  type SigningKeys,
} from '../../tokens/signing-key.ts';
import type { Schema } from './schema.ts';
import { SealedBox } from './sealed-box.ts';
import type { Secrets } from './secrets.ts';

const PURPOSE = 'age-token';

type Row = Selectable<Schema['signing_keys']>;

export class SqlSigningKeys implements SigningKeys {
  readonly #db: Kysely<Schema>;
  readonly #box: SealedBox;

  constructor(db: Kysely<Schema>, secrets: Secrets) {
    this.#db = db;
    this.#box = new SealedBox(secrets, 'signing-key');
  }

  async list(now: Instant): Promise<readonly SigningKey[]> {
    const rows = await this.#read(this.#db);
    if (rows.length > 0) return this.#inOrderOfUse(rows, now);
    return this.#alone(async (db) => {
      const madeMeanwhile = await this.#read(db);
      return madeMeanwhile.length > 0 ? this.#inOrderOfUse(madeMeanwhile, now) : [await this.#insert(db, now, now)];
    });
  }

  add(now: Instant): Promise<SigningKey & { readonly signsFromAt: Instant }> {
    return this.#alone(async (db) => {
      const rows = await this.#read(db);
      const waiting = rows.find((row) => row.signs_from_at > now);
      if (waiting !== undefined) {
        throw new RotationUnderWayError(`the last key signs from ${formatInstant(waiting.signs_from_at)} on`);
      }
      const gone = rows.filter((row) => !verifiesAt(row, rows, now));
      if (rows.length - gone.length >= limits.JWKS_KEYS_MAX) {
        throw new RotationUnderWayError(`${limits.JWKS_KEYS_MAX} keys still verify tokens that are out`);
      }
      for (const { key_id } of gone) await db.deleteFrom('signing_keys').where('key_id', '=', key_id).execute();
      // The first of all has nobody who could know another.
      const signsFromAt = rows.length === 0 ? now : now + SIGNING_OVERLAP_MS;
      return { ...(await this.#insert(db, now, signsFromAt)), signsFromAt };
    });
  }

  withdraw(keyId: string, now: Instant): Promise<string | null> {
    return this.#alone(async (db) => {
      const rows = await this.#read(db);
      const left = rows.filter((row) => row.key_id !== keyId);
      if (left.length === rows.length) return null;
      await db.deleteFrom('signing_keys').where('key_id', '=', keyId).execute();
      const wasSigner = signerAt(rows, now).key_id === keyId;
      if (!wasSigner) return signerAt(left, now).key_id;
      // One that signed before is known for longer to whoever may have stolen keys; it goes on verifying only.
      const next = left.findLast((row) => row.signs_from_at > now);
      if (next === undefined) return (await this.#insert(db, now, now)).keyId;
      await db.updateTable('signing_keys').set({ signs_from_at: now }).where('key_id', '=', next.key_id).execute();
      return next.key_id;
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
      .selectAll()
      .where('purpose', '=', PURPOSE)
      .orderBy('signs_from_at', 'desc')
      .orderBy('key_id')
      .execute();
  }

  #inOrderOfUse(rows: readonly Row[], now: Instant): readonly SigningKey[] {
    const signer = signerAt(rows, now);
    const others = rows.filter((row) => row !== signer && verifiesAt(row, rows, now));
    return [signer, ...others].map((row) => ({
      keyId: row.key_id,
      publicJwk: row.public_jwk,
      privateJwk: JSON.parse(this.#box.open(row.private_jwk, row.key_id)) as object,
    }));
  }

  async #insert(db: Kysely<Schema>, now: Instant, signsFromAt: Instant): Promise<SigningKey> {
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
        signs_from_at: signsFromAt,
      })
      .execute();
    return key;
  }
}

/** A clock that stands before all of them leaves the oldest. */
function signerAt(rows: readonly Row[], now: Instant): Row {
  return rows.find((row) => row.signs_from_at <= now) ?? rows.at(-1)!;
}

function verifiesAt(row: Row, rows: readonly Row[], now: Instant): boolean {
  const successor = rows[rows.indexOf(row) - 1];
  return successor === undefined || now < successor.signs_from_at + SIGNING_KEY_VERIFIES_MS;
}
