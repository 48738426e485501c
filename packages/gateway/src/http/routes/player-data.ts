import { formatInstant } from '@playgate/policy';
import type { PlayerEraser } from '../../compliance/player-eraser.ts';
import { exportPlayerData, type PlayerRecords } from '../../compliance/player-export.ts';
import { Fault } from '../../fault.ts';
import type { HandlersOf } from '../handler.ts';

export interface PlayerDataPorts {
  readonly playerRecords: PlayerRecords;
  readonly eraser: Pick<PlayerEraser, 'erase'>;
}

export function playerDataRoutes(ports: PlayerDataPorts): HandlersOf<'erasePlayer' | 'exportPlayer'> {
  const { eraser, playerRecords } = ports;
  return {
    erasePlayer: async ({ params }, { principal, now }) => {
      const isKnown = await eraser.erase(principal.world, params.playerId, now);
      if (!isKnown) throw new Fault('not_found', 'There is no such player.');
      return { status: 202, body: { playerId: params.playerId, acceptedAt: formatInstant(now) } };
    },
    exportPlayer: async ({ params, query }, { principal, now }) => {
      const { world } = principal;
      const request = { playerId: params.playerId, world, cursor: query.cursor ?? null, now };
      const body = await exportPlayerData(playerRecords, request, 'provider').catch((error: unknown) => {
        if (!(error instanceof RangeError)) throw error;
        throw new Fault('invalid_request', 'See `errors` for what is wrong and where.', [
          { path: 'query.cursor', message: 'must be a cursor of this operation' },
        ]);
      });
      if (body === null) throw new Fault('not_found', 'There is no such player.');
      return { status: 200, body };
    },
  };
}
