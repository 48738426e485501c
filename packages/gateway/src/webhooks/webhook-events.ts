// What an event of the log is to a provider: none, one or two webhooks. Pseudonymous ids only.
import type { WebhookEvent } from '@playgate/contract';
import { BUDGET_SCOPES, type EndCause, type EndReason } from '@playgate/policy';
import type { EventOf, LoggedEvent } from '../compliance/compliance-event.ts';
import { REASON_OF_CAUSE } from '../sessions/session-judge.ts';

/** Empty also for what was erased meanwhile: nobody is told of a player who is gone. */
export function webhooksOf({ event, playerId }: LoggedEvent): readonly WebhookEvent[] {
  if (event.kind !== 'ended' || playerId === null || event.session === undefined) return [];
  const ended = sessionEnded(event, playerId);
  const reached = limitReached(event, playerId);
  return reached === null ? [ended] : [reached, ended];
}

function sessionEnded(event: EventOf<'ended'>, playerId: string): WebhookEvent {
  const { agent = null, at, data, mode, station = null } = event;
  const { usedMs } = data;
  return {
    type: 'sessionEnded',
    timestamp: at,
    mode,
    data: {
      ...subjectOf(event, playerId),
      agentId: agent,
      stationId: station,
      reason: reasonOf(data),
      endedAt: at,
      used: usedMs === undefined ? null : { gameMs: usedMs.game, providerMs: usedMs.provider },
    },
  };
}

/** Only a spent budget is a limit; an edge of time is not. */
function limitReached(event: EventOf<'ended'>, playerId: string): WebhookEvent | null {
  const { at, data, mode } = event;
  const scope = BUDGET_SCOPES.find((known) => known === data.cause);
  if (scope === undefined || data.limitAt === null) return null;
  const limitMs = data.limitMs?.[scope] ?? null;
  const told = { ...subjectOf(event, playerId), scope, limitMs, reachedAt: data.limitAt };
  return { type: 'limitReached', timestamp: at, mode, data: told };
}

const subjectOf = ({ game = '', session = '' }: EventOf<'ended'>, playerId: string) => ({
  sessionId: session,
  playerId,
  gameId: game,
});

/** Which edge of time it was stands in no event; null then. */
function reasonOf({ cause, reason }: EventOf<'ended'>['data']): EndReason | null {
  if (cause !== 'stop' && Object.hasOwn(REASON_OF_CAUSE, cause)) {
    return REASON_OF_CAUSE[cause as Exclude<EndCause, 'stop'>];
  }
  return (reason as EndReason | undefined) ?? null;
}
