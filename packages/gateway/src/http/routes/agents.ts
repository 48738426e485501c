import { formatInstant } from '@playgate/policy';
import type { AgentLogQuery } from '../../agents/agent-log.ts';
import type { AgentService } from '../../agents/agent-service.ts';
import type { HandlersOf } from '../handler.ts';

export interface AgentPorts {
  readonly agentService: AgentService;
}

type AgentOperation =
  | 'createStation'
  | 'listStations'
  | 'issueStationToken'
  | 'revokeStation'
  | 'listAgentSessions'
  | 'endAgentSession'
  | 'getAgentAccessLog';

export function agentRoutes({ agentService }: AgentPorts): HandlersOf<AgentOperation> {
  return {
    createStation: async ({ body }, { principal, now }) => {
      const { stationId, stationToken } = await agentService.createStation(principal.agentId, body.label, now);
      return { status: 201, body: { stationId, stationToken } };
    },
    listStations: async (_, { principal }) => {
      const stations = (await agentService.listStations(principal.agentId)).map(
        ({ createdAt, label, revokedAt, stationId }) => ({
          stationId,
          label,
          createdAt: formatInstant(createdAt),
          revokedAt: revokedAt === null ? null : formatInstant(revokedAt),
        }),
      );
      return { status: 200, body: { stations } };
    },
    issueStationToken: async ({ params }, { principal }) => {
      const { stationId, stationToken } = await agentService.issueStationToken(principal.agentId, params.stationId);
      return { status: 201, body: { stationId, stationToken } };
    },
    revokeStation: async ({ params }, { principal, now }) => {
      await agentService.revokeStation(principal.agentId, params.stationId, now);
      return { status: 204, body: null };
    },
    listAgentSessions: async (_, { principal }) => {
      return { status: 200, body: { sessions: await agentService.listSessions(principal.agentId) } };
    },
    endAgentSession: async ({ body, params }, { principal, now }) => {
      const { agentId, keyId } = principal;
      const end = { agentId, keyId, sessionId: params.sessionId, note: body.reason };
      return { status: 200, body: await agentService.endSession(end, now) };
    },
    getAgentAccessLog: async ({ query }, { principal, now }) => {
      const { cursor = null, format, mode = null } = query;
      const to = query.to ?? agentService.dateAt(now);
      const from = query.from ?? to;
      const asked: AgentLogQuery = { agentId: principal.agentId, from, to, mode };
      if (format === 'json') return { status: 200, body: await agentService.readLogPage(asked, cursor, now) };
      const content = await agentService.writeLogCsv(asked);
      return {
        status: 200,
        raw: { mediaType: 'text/csv; charset=utf-8; header=present', content },
        headers: { 'Content-Disposition': `attachment; filename="access-log_${from}_${to}.csv"` },
      };
    },
  };
}
