import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import {
  CREDENTIAL_REPLAY_MS_MAX,
  IDEMPOTENCY_EXECUTION_MS_MAX,
  IDEMPOTENCY_TTL_MS,
  type IdempotencyScope,
  type IdempotencyStart,
  type IdempotencyStore,
  type OutcomeIds,
  type StoredResponse,
} from '../../directory/idempotency.ts';
import type { Schema } from './schema.ts';
import { SealedBox } from './sealed-box.ts';
import { deriveKey, type Secrets } from './secrets.ts';

/** Expired rows go a few at a time along with new ones, so no moment of the day has a great sweep. */
const SWEEP_EVERY_STARTS = 100;
const SWEEP_ROWS_MAX = 500;

export class SqlIdempotencyStore implements IdempotencyStore {
  readonly #db: Kysely<Schema>;
  readonly #box: SealedBox;
  readonly #hashKey: KeyObject;
  #starts = 0;

  constructor(db: Kysely<Schema>, secrets: Secrets) {
    this.#db = db;
    this.#box = new SealedBox(secrets, 'idempotency');
    this.#hashKey = createSecretKey(deriveKey(secrets.pepper, 'idempotency'));
  }

  async begin(scope: IdempotencyScope, bodyHash: string, now: Instant): Promise<IdempotencyStart> {
    const place = this.#placeOf(scope);
    // A body can be guessed from a plain digest of it (a birth date has few values), so the digest is keyed.
    const keyedBodyHash = this.#hash(bodyHash);
    if (await this.#claim({ ...place, body_hash: keyedBodyHash, response: null, ids: null, started_at: now })) {
      await this.#sweepAtTimes(now);
      return { kind: 'new' };
    }
    const row = await this.#selectAt(place).select(['body_hash', 'response', 'ids', 'started_at']).executeTakeFirst();
    // Released or swept between the two looks: whoever did it is done by now.
    if (row === undefined) return this.begin(scope, bodyHash, now);
    if (row.body_hash !== keyedBodyHash) return { kind: 'mismatch' };
    if (row.ids !== null && (row.response === null || now >= row.started_at + CREDENTIAL_REPLAY_MS_MAX)) {
      return { kind: 'withheld', ids: JSON.parse(row.ids) as OutcomeIds };
    }
    if (row.response === null) return { kind: 'in_progress' };
    return { kind: 'replay', response: JSON.parse(this.#box.open(row.response, labelOf(place))) as StoredResponse };
  }

  async finish(scope: IdempotencyScope, response: StoredResponse, ids?: OutcomeIds): Promise<void> {
    const place = this.#placeOf(scope);
    await this.#db
      .updateTable('idempotency_keys')
      .set({
        response: this.#box.seal(JSON.stringify(response), labelOf(place)),
        ids: ids === undefined ? null : JSON.stringify(ids),
      })
      .where('scope_key_id', '=', place.scope_key_id)
      .where('key_hash', '=', place.key_hash)
      .execute();
  }

  async release(scope: IdempotencyScope): Promise<void> {
    const place = this.#placeOf(scope);
    await this.#db
      .deleteFrom('idempotency_keys')
      .where('scope_key_id', '=', place.scope_key_id)
      .where('key_hash', '=', place.key_hash)
      .where('response', 'is', null)
      .execute();
  }

  /** True: the row is ours now. Takes a free place, an expired outcome, or an execution that died. */
  async #claim(row: Schema['idempotency_keys'] & { response: null; ids: null }): Promise<boolean> {
    const taken = await this.#db
      .insertInto('idempotency_keys')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['scope_key_id', 'key_hash'])
          .doUpdateSet({ body_hash: row.body_hash, response: null, ids: null, started_at: row.started_at })
          .where(({ and, eb, or }) =>
            or([
              eb('idempotency_keys.started_at', '<=', row.started_at - IDEMPOTENCY_TTL_MS),
              and([
                eb('idempotency_keys.response', 'is', null),
                eb('idempotency_keys.ids', 'is', null),
                eb('idempotency_keys.started_at', '<=', row.started_at - IDEMPOTENCY_EXECUTION_MS_MAX),
              ]),
            ]),
          ),
      )
      .returning('key_hash')
      .executeTakeFirst();
    return taken !== undefined;
  }

  #selectAt(place: Place) {
    return this.#db
      .selectFrom('idempotency_keys')
      .where('scope_key_id', '=', place.scope_key_id)
      .where('key_hash', '=', place.key_hash);
  }

  async #sweepAtTimes(now: Instant): Promise<void> {
    if (++this.#starts % SWEEP_EVERY_STARTS === 0) await this.sweep(now);
  }

  /** Forgets what is replayed no more, outcomes a bounded number at a time; also due where nobody asks any more. */
  async sweep(now: Instant): Promise<void> {
    await this.#db
      .updateTable('idempotency_keys')
      .set({ response: null })
      .where('ids', 'is not', null)
      .where('response', 'is not', null)
      .where('started_at', '<=', now - CREDENTIAL_REPLAY_MS_MAX)
      .execute();
    await this.#db
      .deleteFrom('idempotency_keys')
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('scope_key_id', 'key_hash'),
          'in',
          selectFrom('idempotency_keys')
            .select(['scope_key_id', 'key_hash'])
            .where('started_at', '<=', now - IDEMPOTENCY_TTL_MS)
            .limit(SWEEP_ROWS_MAX)
            .$asTuple('scope_key_id', 'key_hash'),
        ),
      )
      .execute();
  }

  /** The header's value is the client's own choice and could be anything, a playerRef too. */
  #placeOf({ keyId, key }: IdempotencyScope): Place {
    return { scope_key_id: keyId, key_hash: this.#hash(key) };
  }

  #hash(text: string): string {
    return createHmac('sha256', this.#hashKey).update(text).digest('base64url');
  }
}

interface Place {
  readonly scope_key_id: string;
  readonly key_hash: string;
}

function labelOf(place: Place): string {
  return `${place.scope_key_id} ${place.key_hash}`;
}
