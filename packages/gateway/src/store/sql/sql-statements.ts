import { limits } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Kysely } from 'kysely';
import { type EventOf, readLeaf } from '../../compliance/compliance-event.ts';
import {
  type DenialFact,
  SESSION_MS_MAX,
  type SessionFact,
  type StatementRecord,
  type StatementSource,
} from '../../compliance/statements/statement-source.ts';
import type { World } from '../../directory/world.ts';
import type { Schema } from './schema.ts';

interface Span {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

const RULES_READ_MAX = 1_000;

export class SqlStatements implements StatementSource {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async findWorld(playerId: string): Promise<World | null> {
    const player = await this.#db
      .selectFrom('players')
      .select(['provider_id', 'mode'])
      .where('player_id', '=', playerId)
      .where('erased_at', 'is', null)
      .executeTakeFirst();
    return player === undefined ? null : { providerId: player.provider_id, mode: player.mode };
  }

  async read(personId: string, span: Span): Promise<StatementRecord> {
    const accounts = await this.#db
      .selectFrom('players')
      .select('player_id')
      .where('person_id', '=', personId)
      .execute();
    const playerIds = accounts.map(({ player_id }) => player_id);
    const events = await this.#readEvents(playerIds, span);
    return {
      sessions: await this.#readSessions(playerIds, span, events),
      denials: deniedIn(events, span),
      rules: await this.#readRules(playerIds, span),
    };
  }

  /** Starts and denials, with the numbers they were decided on. */
  async #readEvents(playerIds: readonly string[], { endsAt, startsAt }: Span) {
    const rows = await this.#db
      .selectFrom('events')
      .select('leaf')
      .where('player_id', 'in', playerIds)
      .where('kind', 'in', ['opened', 'denied'])
      .where('at', '>=', startsAt - SESSION_MS_MAX)
      .where('at', '<', endsAt)
      .orderBy('seq')
      .limit(2 * limits.STATEMENT_ROWS_MAX)
      .execute();
    return rows.map(({ leaf }) => readLeaf(leaf) as EventOf<'opened'> | EventOf<'denied'>);
  }

  async #readSessions(
    playerIds: readonly string[],
    { endsAt, startsAt }: Span,
    events: readonly (EventOf<'opened'> | EventOf<'denied'>)[],
  ): Promise<readonly SessionFact[]> {
    const rows = await this.#db
      .selectFrom('session_records')
      .selectAll()
      .where('player_id', 'in', playerIds)
      .where('opened_at', '>=', startsAt - SESSION_MS_MAX)
      .where('opened_at', '<', endsAt)
      .where(({ eb, or }) => or([eb('ended_at', 'is', null), eb('ended_at', '>', startsAt)]))
      .orderBy('opened_at')
      .orderBy('session_id')
      .limit(limits.STATEMENT_ROWS_MAX)
      .execute();
    const starts = new Map(
      events.flatMap((event) => (event.kind === 'opened' ? [[event.session, event] as const] : [])),
    );
    return rows.map((row) => {
      const start = starts.get(row.session_id);
      return {
        sessionId: row.session_id,
        playerId: row.player_id,
        gameId: row.game_id,
        agentId: row.agent_id,
        province: row.province,
        hours: start?.hours ?? null,
        band: row.band,
        source: row.source,
        policyId: row.policy_id,
        openedAt: row.opened_at,
        opened: start?.data ?? null,
        endedAt: row.ended_at,
        endCause: row.end_cause,
        endReason: row.end_reason,
        closeReason: row.close_reason,
        closedAt: row.closed_at,
        limitAt: row.limit_at,
        orderedAt: row.ordered_at,
        acknowledgedAt: row.acknowledged_at,
        overrunMs: row.overrun_ms,
        gaps: row.gaps,
        warnedAt: row.warned_at,
      };
    });
  }

  async #readRules(playerIds: readonly string[], { endsAt }: Span): Promise<StatementRecord['rules']> {
    const rows = await this.#db
      .selectFrom('guardian_rules')
      .select(['set_at', 'rules'])
      .where('player_id', 'in', playerIds)
      .where('set_at', '<', endsAt)
      .orderBy('revision_no', 'desc')
      .limit(RULES_READ_MAX)
      .execute();
    return rows.map(({ rules, set_at }) => ({ setAt: set_at, rules }));
  }
}

function deniedIn(
  events: readonly (EventOf<'opened'> | EventOf<'denied'>)[],
  { startsAt }: Span,
): readonly DenialFact[] {
  return events
    .flatMap((event) => (event.kind === 'denied' && Date.parse(event.at) >= startsAt ? [event] : []))
    .slice(0, limits.STATEMENT_ROWS_MAX)
    .map((event) => ({
      at: Date.parse(event.at),
      gameId: event.game ?? '',
      agentId: event.agent ?? null,
      province: event.province ?? null,
      hours: event.hours ?? null,
      band: event.band ?? null,
      source: event.source,
      policyId: event.policy?.id ?? null,
      reason: event.data.reason,
      usedMs: event.data.usedMs ?? null,
    }));
}
