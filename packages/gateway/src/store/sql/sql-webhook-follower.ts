import type { Instant } from '@playgate/policy';
import type { Transaction } from 'kysely';
import type { LoggedEvent } from '../../compliance/compliance-event.ts';
import { webhooksOf } from '../../webhooks/webhook-events.ts';
import type { Schema } from './schema.ts';
import type { SqlFollower } from './sql-follower.ts';
import { markOtherBands, type SeenBand } from './status-marks.ts';
import { enqueueWebhooks, type OutgoingWebhook } from './webhook-rows.ts';

/** Puts what providers are told of the log into their outboxes, each event once. Sent webhooks are never made again. */
export class SqlWebhookFollower implements SqlFollower {
  readonly name = 'webhooks';
  readonly #realNow: () => Instant;

  constructor(realNow: () => Instant) {
    this.#realNow = realNow;
  }

  async apply(events: readonly LoggedEvent[], db: Transaction<Schema>): Promise<void> {
    await enqueueWebhooks(db, events.flatMap(outgoingOf), this.#realNow());
    await markOtherBands(db, events.flatMap(bandSeen));
  }
}

function outgoingOf(logged: LoggedEvent): readonly OutgoingWebhook[] {
  const { event, playerId, seq } = logged;
  if (event.kind === 'unreadable' || playerId === null) return [];
  const world = { providerId: event.provider, mode: event.mode };
  return webhooksOf(logged).map((webhook) => ({ world, playerId, seq, event: webhook }));
}

function bandSeen({ event, playerId }: LoggedEvent): readonly SeenBand[] {
  if (event.kind !== 'opened' && event.kind !== 'denied') return [];
  return playerId === null || event.band === undefined ? [] : [{ player_id: playerId, band: event.band }];
}
