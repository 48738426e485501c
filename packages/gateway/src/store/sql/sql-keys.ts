// API keys, and who a presented one is. Every authenticated request asks, so answers are kept for a moment. A revocation
// is told to all gateways over the change bus and is done once each has confirmed; where one does not, it is done after
// KEY_REREAD_MS, when no kept answer can be older. A gateway that hears nothing keeps no answers.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Change, ChangeBus } from '../../directory/change-bus.ts';
import { hashCredential, isApiKey } from '../../directory/credential.ts';
import type { IssuedKey, Keys } from '../../directory/directory.ts';
import type { Principal } from '../../directory/principal.ts';
import type { Mode } from '../../directory/world.ts';
import { insertApiKey, principalOf } from './api-key-rows.ts';
import type { Schema } from './schema.ts';

/** Age at which a known answer is read again. */
export const KEY_REREAD_MS = 5_000;
/**
 * While the database is away, known keys go on for so long: play must not stop with it. A revocation cannot be written then,
 * so all this risks is one that was written while this gateway was cut off from the bus as well.
 */
export const KEY_OUTAGE_MS_DEFAULT = 900_000;
const KEYS_KEPT_MAX = 10_000;
/** Apart from the known ones, so that a flood of made-up keys pushes none of those out. */
const UNKNOWN_KEPT_MAX = 10_000;

interface KnownKey {
  readonly principal: Principal;
  readonly readAtMs: number;
}

export interface SqlKeysOptions {
  /** Monotonic ms that age the answers. Default: `performance`. */
  readonly stopwatch?: { now(): number };
  /** Default: KEY_OUTAGE_MS_DEFAULT; 0: known keys end KEY_REREAD_MS after the database has gone. */
  readonly outageMsMax?: number;
  /** Default: this gateway is the only one. */
  readonly bus?: Pick<ChangeBus, 'publish' | 'subscribe' | 'isListening'>;
}

export class SqlKeys implements Keys {
  readonly #db: Kysely<Schema>;
  readonly #stopwatch: { now(): number };
  readonly #outageMsMax: number;
  readonly #bus: SqlKeysOptions['bus'];
  readonly #known: LRUCache<string, KnownKey>;
  readonly #unknown: LRUCache<string, true>;
  /** Hashes of revoked keys; a look-up that was under way at that moment must not bring one back. */
  readonly #revoked = new LRUCache<string, true>({ max: KEYS_KEPT_MAX });
  /** Answers read before this may be out of date without our knowing. */
  #heardAllSinceMs = 0;

  constructor(db: Kysely<Schema>, options: SqlKeysOptions = {}) {
    this.#db = db;
    this.#stopwatch = options.stopwatch ?? performance;
    this.#outageMsMax = options.outageMsMax ?? KEY_OUTAGE_MS_DEFAULT;
    this.#bus = options.bus;
    this.#bus?.subscribe((change) => this.#takeIn(change));
    const aging = { ttl: KEY_REREAD_MS, ttlResolution: 0, perf: this.#stopwatch };
    this.#unknown = new LRUCache({ max: UNKNOWN_KEPT_MAX, ...aging });
    this.#known = new LRUCache({
      max: KEYS_KEPT_MAX,
      ...aging,
      // A key that is deleted during its look-up is judged by what was read.
      ignoreFetchAbort: true,
      // Requests that arrive together wait for one look-up.
      fetchMethod: (hash, stale) => this.#read(hash, stale),
    });
  }

  async issueProviderKey(
    providerId: string,
    kind: 'secret' | 'publishable',
    mode: Mode,
    now: Instant,
  ): Promise<IssuedKey | null> {
    const provider = await this.#db
      .selectFrom('providers')
      .select('provider_id')
      .where('provider_id', '=', providerId)
      .executeTakeFirst();
    return provider === undefined ? null : insertApiKey(this.#db, { kind, world: { providerId, mode } }, now);
  }

  async issueAgentKey(agentId: string, now: Instant): Promise<IssuedKey | null> {
    const agent = await this.#db
      .selectFrom('agents')
      .select('agent_id')
      .where('agent_id', '=', agentId)
      .executeTakeFirst();
    return agent === undefined ? null : insertApiKey(this.#db, { kind: 'agent', agentId }, now);
  }

  async issueRegulatorKey(regulatorId: string, now: Instant): Promise<IssuedKey | null> {
    const regulator = await this.#db
      .selectFrom('regulators')
      .select('regulator_id')
      .where('regulator_id', '=', regulatorId)
      .executeTakeFirst();
    return regulator === undefined ? null : insertApiKey(this.#db, { kind: 'regulator', regulatorId }, now);
  }

  async revoke(keyId: string, now: Instant): Promise<boolean> {
    const row = await this.#db
      .updateTable('api_keys')
      .set(({ fn, ref, val }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(now)) }))
      .where('key_id', '=', keyId)
      .returning('key_hash')
      .executeTakeFirst();
    if (row === undefined) return false;
    const change = { kind: 'key_revoked', keyHash: row.key_hash } as const;
    this.#takeIn(change);
    if (this.#bus !== undefined && !(await this.#bus.publish(change))) await sleep(KEY_REREAD_MS);
    return true;
  }

  async authenticate(key: string): Promise<Principal | null> {
    if (!isApiKey(key)) return null;
    const hash = hashCredential(key);
    if (this.#unknown.has(hash) || this.#revoked.has(hash)) return null;
    const keptAtMs = this.#known.peek(hash)?.readAtMs ?? 0;
    const forceRefresh = keptAtMs < this.#heardAllSinceMs || this.#bus?.isListening() === false;
    const known = await this.#known.fetch(hash, { forceRefresh });
    return known === undefined || this.#revoked.has(hash) ? null : known.principal;
  }

  #takeIn(change: Change): void {
    if (change.kind === 'resumed') this.#heardAllSinceMs = this.#stopwatch.now();
    if (change.kind !== 'key_revoked') return;
    this.#revoked.set(change.keyHash, true);
    this.#known.delete(change.keyHash);
  }

  /** The index finds by hash, and a hash tells nothing of the key: how long the comparison takes does not matter. */
  async #read(hash: string, stale: KnownKey | undefined): Promise<KnownKey | undefined> {
    const readAtMs = this.#stopwatch.now();
    try {
      const row = await this.#db
        .selectFrom('api_keys')
        .selectAll()
        .where('key_hash', '=', hash)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      if (row !== undefined) return { principal: principalOf(row), readAtMs };
      this.#unknown.set(hash, true);
      return undefined;
    } catch (error) {
      if (stale !== undefined && readAtMs - stale.readAtMs < this.#outageMsMax) return stale;
      throw error;
    }
  }
}
