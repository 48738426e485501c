// What an agent may do and see: its seats, who plays at them now, and who did. It knows nothing of other agents.
import { limits, type OperationOf, type ReplyBody } from '@playgate/contract';
import { type CalendarDate, dayOf, formatInstant, type Instant } from '@playgate/policy';
import type { Record } from '../compliance/record.ts';
import type { Agents, IssuedStation, ListedStation } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import type { AllowanceBook } from '../sessions/allowance-book.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import {
  type AgentLog,
  type AgentLogPosition,
  type AgentLogQuery,
  decodePosition,
  encodePosition,
  writeAccessLogCsv,
} from './agent-log.ts';
import { describeLiveSession, type LiveSession } from './live-session.ts';

export interface AgentServicePorts {
  readonly agents: Agents;
  readonly store: Pick<SessionStore, 'listAgentSessions' | 'endByOrder'>;
  readonly allowances: Pick<AllowanceBook, 'allowanceOf'>;
  readonly log: AgentLog;
  readonly record: Pick<Record, 'catchUp'>;
  readonly nowOf: (world: World) => Instant;
  /** Whose calendar days the access log is asked for by. */
  readonly zoneAt: (now: Instant) => string;
  /** Told of what went wrong without changing an answer. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface EndRequest {
  readonly agentId: string;
  readonly keyId: string;
  readonly sessionId: string;
  /** What staff say; never in an event. */
  readonly note: string;
}

type AccessLogPage = ReplyBody<OperationOf<'getAgentAccessLog'>>;
type SessionEnd = ReplyBody<OperationOf<'endAgentSession'>>;

export class AgentService {
  readonly #ports: AgentServicePorts;

  constructor(ports: AgentServicePorts) {
    this.#ports = ports;
  }

  listStations(agentId: string): Promise<readonly ListedStation[]> {
    return this.#ports.agents.listStations(agentId);
  }

  async createStation(agentId: string, label: string, now: Instant): Promise<IssuedStation> {
    const station = await this.#ports.agents.createStation(agentId, label, now);
    if (station !== null) return station;
    throw new Fault('conflict', `An agent has at most ${limits.STATIONS_MAX} seats.`);
  }

  async issueStationToken(agentId: string, stationId: string): Promise<IssuedStation> {
    const station = await this.#ports.agents.issueStationToken(agentId, stationId);
    if (station === null) throw noStation();
    return station;
  }

  async revokeStation(agentId: string, stationId: string, now: Instant): Promise<void> {
    if (!(await this.#ports.agents.revokeStation(agentId, stationId, now))) throw noStation();
  }

  /** By seat, then by age; each in the time of its world. */
  async listSessions(agentId: string): Promise<readonly LiveSession[]> {
    const { agents, allowances, nowOf, store } = this.#ports;
    const sessions = await store.listAgentSessions(agentId, nowOf);
    if (sessions.length === 0) return [];
    const labels = new Map((await agents.listStations(agentId)).map(({ label, stationId }) => [stationId, label]));
    return sessions
      .map((session) =>
        describeLiveSession(session, labels.get(session.stationId) ?? '', allowances, nowOf(session.world)),
      )
      .sort((left, right) => left.stationLabel.localeCompare(right.stationLabel, 'vi', { numeric: true }))
      .slice(0, limits.AGENT_SESSIONS_MAX);
  }

  /** `now`: real time. Throws a Fault for a session that is not at one of the agent's seats. */
  async endSession({ agentId, keyId, note, sessionId }: EndRequest, now: Instant): Promise<SessionEnd> {
    const { nowOf, store } = this.#ports;
    const sessions = await store.listAgentSessions(agentId, nowOf);
    const live = sessions.find((session) => session.sessionId === sessionId);
    const at = live === undefined ? now : nowOf(live.world);
    const reply = await store.endByOrder({ sessionId, agentId, now: at, by: agentId });
    if (reply.status === 'not_found') throw new Fault('not_found', 'There is no such session at your seats.');
    const wasOver = reply.status === 'repeated';
    if (live !== undefined && !wasOver) {
      const end = { sessionId, agentId, playerId: live.playerId, note, keyId, at: now };
      await this.#ports.log
        .noteEnd(end)
        .catch((error: unknown) => this.#ports.onTrouble('what staff said about an end was not kept', error));
    }
    return { sessionId, endedAt: formatInstant(reply.endedAt ?? at), wasOver };
  }

  /** The day of the access log that `now` lies in. */
  dateAt(now: Instant): CalendarDate {
    return dayOf(this.#ports.zoneAt(now), now).date;
  }

  /** Throws a Fault for a cursor it did not give. */
  async readLogPage(query: AgentLogQuery, cursor: string | null, now: Instant): Promise<AccessLogPage> {
    const after = await this.#prepare(query, cursor);
    const { rows, next } = await this.#ports.log.read(query, after, limits.AGENT_LOG_ROWS_MAX);
    const { from, to } = query;
    const nextCursor = next === null ? null : encodePosition(next);
    return { from, to, zone: this.#ports.zoneAt(now), rows, nextCursor };
  }

  async writeLogCsv(query: AgentLogQuery): Promise<AsyncIterable<string>> {
    await this.#prepare(query, null);
    return writeAccessLogCsv(this.#ports.log, query);
  }

  async #prepare({ from, to }: AgentLogQuery, cursor: string | null): Promise<AgentLogPosition | null> {
    if (from > to) throw new Fault('unprocessable', '`from` is after `to`.');
    const after = cursor === null ? null : decodePosition(cursor);
    if (cursor !== null && after === null) throw new Fault('unprocessable', '`cursor` is not one of this operation.');
    await this.#ports.record.catchUp();
    return after;
  }
}

const noStation = () => new Fault('not_found', 'There is no such seat.');
