// A seat holds one player. Who starts there takes the seat: what another player of the same provider left there, and whose
// heartbeats have stopped, is ended, since the next customer sits there already. One that still beats is played, and stays.
// Sessions of other providers' games are left alone: their players cannot be compared, one customer may well run two
// launchers, and what nobody plays clears itself by silence.
import type { Instant } from '@playgate/policy';
import type { Agents } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import type { SessionService } from '../sessions/session-service.ts';
import type { AgentSession, SessionStore } from '../sessions/session-store.ts';

/** In the record as the one who ordered the end. */
export const ORDERED_BY_SEAT = 'seat';

export interface SeatKeeperPorts {
  readonly store: Pick<SessionStore, 'listAgentSessions' | 'endByOrder'>;
  readonly agents: Pick<Agents, 'findStation'>;
  readonly nowOf: (world: World) => Instant;
  /** Told when a seat could not be cleared; the start stands. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** The same start, that clears its seat before it is answered. */
export function keepSeats(open: SessionService['open'], ports: SeatKeeperPorts): SessionService['open'] {
  return async (...args) => {
    const answer = await open(...args);
    const [, { stationToken }] = args;
    if (answer.verdict !== 'play' || stationToken === undefined || answer.source !== 'live') return answer;
    await clearSeat(stationToken, answer.sessionId, ports).catch((error: unknown) =>
      ports.onTrouble('a seat was not cleared of the player before', error),
    );
    return answer;
  };
}

async function clearSeat(stationToken: string, sessionId: string, ports: SeatKeeperPorts): Promise<void> {
  const { agents, nowOf, store } = ports;
  const station = await agents.findStation(stationToken);
  if (station === null) return;
  const { agentId } = station.agent;
  const sessions = await store.listAgentSessions(agentId, nowOf);
  const started = sessions.find((session) => session.sessionId === sessionId);
  if (started === undefined) return;
  const isSilent = ({ intervalMs, lastBeatAt, world }: AgentSession) => nowOf(world) - lastBeatAt > intervalMs;
  const left = sessions.filter((session) => isLeftBy(session, started) && isSilent(session));
  await Promise.all(
    left.map((session) =>
      store.endByOrder({ sessionId: session.sessionId, agentId, now: nowOf(session.world), by: ORDERED_BY_SEAT }),
    ),
  );
}

function isLeftBy(session: AgentSession, started: AgentSession): boolean {
  const { mode, providerId } = session.world;
  const isOfWorld = mode === started.world.mode && providerId === started.world.providerId;
  return isOfWorld && session.stationId === started.stationId && session.playerId !== started.playerId;
}
