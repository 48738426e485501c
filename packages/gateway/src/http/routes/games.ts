import type { Games } from '../../directory/directory.ts';
import { newId } from '../../directory/new-id.ts';
import { Fault } from '../../fault.ts';
import type { HandlersOf } from '../handler.ts';

export interface GamePorts {
  readonly games: Games;
  readonly defaultPolicyId: string;
  readonly hasPolicy: (policyId: string) => boolean;
}

export function gameRoutes({ games, defaultPolicyId, hasPolicy }: GamePorts): HandlersOf<'createGame' | 'listGames'> {
  return {
    createGame: async ({ body }, { principal, now }) => {
      const { gameId = newId('game'), title, class: gameClass, rating, policyId = defaultPolicyId } = body;
      if (!hasPolicy(policyId)) {
        throw new Fault('unprocessable', 'The gateway has no such policy.', [
          { path: 'policyId', message: 'is not known' },
        ]);
      }
      const game = await games.create(principal.world, { gameId, title, class: gameClass, rating, policyId }, now);
      if (game === null) throw new Fault('conflict', 'There is a game with this id.');
      return { status: 201, body: game };
    },
    listGames: async (_input, { principal }) => ({ status: 200, body: { games: await games.list(principal.world) } }),
  };
}
