import { hash } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { World } from '../../directory/world.ts';
import type { VerifierFailure } from '../../verification/age-verifier.ts';
import {
  PENDING_KEPT_MS,
  type PendingContent,
  type PendingFailure,
  type PendingStart,
  type PendingSummary,
  type PendingVerifications,
  type TakenVerification,
} from '../../verification/pending-verifications.ts';
import type { Schema } from './schema.ts';
import { SealedBox } from './sealed-box.ts';
import type { Secrets } from './secrets.ts';

/** Old rows go along with new ones, a few at a time, so no moment of the day has a great sweep. */
const SWEEP_ROWS_MAX = 20;

type Row = Selectable<Schema['pending_verifications']>;

/**
 * States: pending -> completing -> (row gone: the claim is in `verifications`) | failed; pending -> failed.
 * A `completing` whose process died stays so until it expires. Expiry is read off the clock, never written.
 */
export class SqlPendingVerifications implements PendingVerifications {
  readonly #db: Kysely<Schema>;
  readonly #box: SealedBox;

  constructor(db: Kysely<Schema>, secrets: Secrets) {
    this.#db = db;
    this.#box = new SealedBox(secrets, 'pending-verification');
  }

  async add(world: World, start: PendingStart, now: Instant): Promise<void> {
    const { verificationId, playerId, method, handle, content, expiresAt, standingUntilAt } = start;
    await this.#insert({
      verification_id: verificationId,
      provider_id: world.providerId,
      mode: world.mode,
      player_id: playerId,
      method,
      handle_hash: hashHandle(handle),
      status: 'pending',
      reason: null,
      content: this.#box.seal(JSON.stringify(content), verificationId),
      expires_at: expiresAt,
      standing_until_at: standingUntilAt,
      created_at: now,
    });
    await this.#sweep(expiresAt);
  }

  async beginStanding(playerId: string, now: Instant): Promise<Instant> {
    const row = await this.#db
      .updateTable('players')
      .set(({ fn, ref, val }) => ({ provisional_from_at: fn.coalesce(ref('provisional_from_at'), val(now)) }))
      .where('player_id', '=', playerId)
      .returning('provisional_from_at')
      .executeTakeFirstOrThrow();
    return row.provisional_from_at ?? now;
  }

  async addFailed(
    world: World,
    failed: PendingFailure & Pick<PendingStart, 'playerId' | 'method' | 'expiresAt'>,
    now: Instant,
  ): Promise<void> {
    await this.#insert({
      verification_id: failed.verificationId,
      provider_id: world.providerId,
      mode: world.mode,
      player_id: failed.playerId,
      method: failed.method,
      handle_hash: null,
      status: 'failed',
      reason: failed.reason,
      content: null,
      expires_at: failed.expiresAt,
      standing_until_at: failed.standingUntilAt,
      created_at: now,
    });
  }

  async take(method: string, handle: string, realNow: Instant): Promise<TakenVerification | null> {
    const row = await this.#db
      .updateTable('pending_verifications')
      .set({ status: 'completing', handle_hash: null })
      .where('method', '=', method)
      .where('status', '=', 'pending')
      .where('handle_hash', '=', hashHandle(handle))
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? null : this.#read(row, realNow);
  }

  async takeOf(
    world: World,
    method: string,
    verificationId: string,
    realNow: Instant,
  ): Promise<TakenVerification | null> {
    const row = await this.#db
      .updateTable('pending_verifications')
      .set({ status: 'completing', handle_hash: null })
      .where('verification_id', '=', verificationId)
      .where('provider_id', '=', world.providerId)
      .where('mode', '=', world.mode)
      .where('method', '=', method)
      .where('status', '=', 'pending')
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? null : this.#read(row, realNow);
  }

  async finish(verificationId: string): Promise<void> {
    await this.#db.deleteFrom('pending_verifications').where('verification_id', '=', verificationId).execute();
  }

  async fail({ verificationId, reason, standingUntilAt }: PendingFailure): Promise<void> {
    await this.#db
      .updateTable('pending_verifications')
      .set({ status: 'failed', reason, content: null, handle_hash: null, standing_until_at: standingUntilAt })
      .where('verification_id', '=', verificationId)
      .execute();
  }

  async find(world: World, verificationId: string, realNow: Instant): Promise<PendingSummary | null> {
    const row = await this.#db
      .selectFrom('pending_verifications')
      .selectAll()
      .where('verification_id', '=', verificationId)
      .where('provider_id', '=', world.providerId)
      .where('mode', '=', world.mode)
      .executeTakeFirst();
    return row === undefined || row.expires_at <= realNow - PENDING_KEPT_MS ? null : summaryOf(row, realNow);
  }

  #read(row: Row, realNow: Instant): TakenVerification | null {
    if (row.content === null) return null;
    return {
      verificationId: row.verification_id,
      world: { providerId: row.provider_id, mode: row.mode },
      playerId: row.player_id,
      content: JSON.parse(this.#box.open(row.content, row.verification_id)) as PendingContent,
      isExpired: row.expires_at <= realNow,
    };
  }

  async #insert(row: Insertable<Schema['pending_verifications']>): Promise<void> {
    await this.#db.insertInto('pending_verifications').values(row).execute();
  }

  async #sweep(newestExpiresAt: Instant): Promise<void> {
    await this.#db
      .deleteFrom('pending_verifications')
      .where('verification_id', 'in', (db) =>
        db
          .selectFrom('pending_verifications')
          .select('verification_id')
          .where('expires_at', '<=', newestExpiresAt - 2 * PENDING_KEPT_MS)
          .limit(SWEEP_ROWS_MAX),
      )
      .execute();
  }
}

function summaryOf(row: Row, realNow: Instant): PendingSummary {
  const { verification_id: verificationId, player_id: playerId, expires_at: expiresAt, method } = row;
  if (row.status === 'failed') {
    return { verificationId, playerId, method, status: 'failed', reason: row.reason as VerifierFailure, expiresAt };
  }
  const status = expiresAt <= realNow ? 'expired' : 'pending';
  return { verificationId, playerId, method, status, reason: null, expiresAt };
}

/** A handle has 238 random bits; a plain digest of it cannot be searched. */
function hashHandle(handle: string): string {
  return hash('sha256', handle, 'base64url');
}
