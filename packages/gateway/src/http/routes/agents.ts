import type { Agents } from '../../directory/directory.ts';
import type { HandlersOf } from '../handler.ts';

export function agentRoutes({ agents }: { readonly agents: Agents }): HandlersOf<'createStation'> {
  return {
    createStation: async ({ body }, { principal, now }) => {
      const station = await agents.createStation(principal.agentId, body.label, now);
      return { status: 201, body: { stationId: station.stationId, stationToken: station.stationToken } };
    },
  };
}
