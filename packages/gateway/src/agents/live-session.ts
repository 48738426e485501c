// A session at a seat as its agent sees it: what its next heartbeat would be told if it came now.
import type { OperationOf, ReplyBody } from '@playgate/contract';
import { decideBeat, formatInstant, type Instant } from '@playgate/policy';
import { adjustUsed } from '../sessions/adjusted-used.ts';
import type { AllowanceBook } from '../sessions/allowance-book.ts';
import { decodeContext } from '../sessions/session-context.ts';
import { withRunning } from '../sessions/session-judge.ts';
import { byScope, NOTHING_USED } from '../sessions/session-reply.ts';
import type { AgentSession } from '../sessions/session-store.ts';

export type LiveSession = ReplyBody<OperationOf<'listAgentSessions'>>['sessions'][number];

/** `now`: of the session's world. */
export function describeLiveSession(
  session: AgentSession,
  stationLabel: string,
  allowances: Pick<AllowanceBook, 'allowanceOf'>,
  now: Instant,
): LiveSession {
  const { endedAt, lastBeatAt, world } = session;
  const at = Math.max(now, lastBeatAt);
  const allowance = allowances.allowanceOf(session.context, at);
  const isOfToday = lastBeatAt >= allowance.day.startsAt;
  const { isHumanKnown } = decodeContext(session.context);
  const counted = adjustUsed(session.used, allowance);
  const used = isOfToday ? byScope(counted, isHumanKnown) : NOTHING_USED;
  const running = withRunning(used, { ...session, endedAt: null }, allowance, at);
  const { endsAt, remainingMs, verdict } = decideBeat(allowance, running, null, at);
  const isOver = verdict === 'end' || endedAt !== null;
  const isSilent = at > session.leaseEndsAt;
  return {
    sessionId: session.sessionId,
    stationId: session.stationId,
    stationLabel,
    providerId: world.providerId,
    mode: world.mode,
    playerId: session.playerId,
    gameId: session.gameId,
    ageBand: session.ageBand,
    startedAt: formatInstant(session.openedAt),
    lastBeatAt: formatInstant(lastBeatAt),
    endsAt: isOver ? formatInstant(endedAt ?? at) : endsAt === null ? null : formatInstant(endsAt),
    remainingMs: isOver ? 0 : remainingMs,
    state: isSilent ? 'silent' : isOver ? 'ending' : session.state,
  };
}
