import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import type { Change, ChangeBus } from '../../directory/change-bus.ts';
import type { SandboxClocks } from '../../directory/directory.ts';
import type { Schema } from './schema.ts';

/**
 * Written through to the database, answered from memory. With a bus, a moved clock is told to all gateways and the move
 * is done once each has confirmed; a change that was missed is seen after `reload`.
 */
export class SqlSandboxClocks implements SandboxClocks {
  readonly #db: Kysely<Schema>;
  readonly #bus: Pick<ChangeBus, 'publish' | 'subscribe'> | undefined;
  #frozenAt: ReadonlyMap<string, Instant> = new Map();
  #reading: Promise<void> = Promise.resolve();
  #onMoved: (providerId: string) => void = () => {};

  private constructor(db: Kysely<Schema>, bus: Pick<ChangeBus, 'publish' | 'subscribe'> | undefined) {
    this.#db = db;
    this.#bus = bus;
    bus?.subscribe((change) => this.#takeIn(change));
  }

  /** Without a bus this gateway is the only one. */
  static async load(db: Kysely<Schema>, bus?: Pick<ChangeBus, 'publish' | 'subscribe'>): Promise<SqlSandboxClocks> {
    const clocks = new SqlSandboxClocks(db, bus);
    await clocks.reload();
    return clocks;
  }

  async reload(): Promise<void> {
    const rows = await this.#db.selectFrom('sandbox_clocks').selectAll().execute();
    this.#frozenAt = new Map(rows.map((row) => [row.provider_id, row.frozen_at]));
  }

  /** Called on each gateway once a moved clock holds there; more than once for one move, perhaps. */
  onMoved(listener: (providerId: string) => void): void {
    this.#onMoved = listener;
  }

  frozenAt(providerId: string): Instant | null {
    return this.#frozenAt.get(providerId) ?? null;
  }

  async freeze(providerId: string, now: Instant): Promise<void> {
    await this.#db
      .insertInto('sandbox_clocks')
      .values({ provider_id: providerId, frozen_at: now })
      .onConflict((conflict) => conflict.column('provider_id').doUpdateSet({ frozen_at: now }))
      .execute();
    this.#remember(providerId, now);
    await this.#announce(providerId);
  }

  async advance(providerId: string, ms: number, now: Instant): Promise<void> {
    const { frozen_at: frozenAt } = await this.#db
      .insertInto('sandbox_clocks')
      .values({ provider_id: providerId, frozen_at: now + ms })
      .onConflict((conflict) =>
        conflict
          .column('provider_id')
          .doUpdateSet(({ eb }) => ({ frozen_at: eb('sandbox_clocks.frozen_at', '+', ms) })),
      )
      .returning('frozen_at')
      .executeTakeFirstOrThrow();
    // Answers of two calls can arrive in either order; a clock that is advanced never goes back.
    const known = this.#frozenAt.get(providerId) ?? frozenAt;
    this.#remember(providerId, Math.max(known, frozenAt));
    await this.#announce(providerId);
  }

  async release(providerId: string): Promise<void> {
    await this.#db.deleteFrom('sandbox_clocks').where('provider_id', '=', providerId).execute();
    this.#remember(providerId, null);
    await this.#announce(providerId);
  }

  /** The message names the provider and not the time: of two moves at once, the row says which holds. */
  async #takeIn(change: Change): Promise<void> {
    if (change.kind === 'resumed') await this.reload();
    if (change.kind !== 'sandbox_clock_moved') return;
    // One after the other, so that an older answer of the database cannot overtake a newer one.
    const reading = this.#reading.catch(() => undefined).then(() => this.#reread(change.providerId));
    this.#reading = reading;
    await reading;
  }

  async #reread(providerId: string): Promise<void> {
    const row = await this.#db
      .selectFrom('sandbox_clocks')
      .select('frozen_at')
      .where('provider_id', '=', providerId)
      .executeTakeFirst();
    this.#remember(providerId, row?.frozen_at ?? null);
  }

  async #announce(providerId: string): Promise<void> {
    await this.#bus?.publish({ kind: 'sandbox_clock_moved', providerId });
  }

  #remember(providerId: string, frozenAt: Instant | null): void {
    const next = new Map(this.#frozenAt);
    if (frozenAt === null) next.delete(providerId);
    else next.set(providerId, frozenAt);
    this.#frozenAt = next;
    this.#onMoved(providerId);
  }
}
