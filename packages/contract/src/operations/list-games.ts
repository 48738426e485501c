import * as z from 'zod';
import { GAMES_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { game } from '../schemas/game.ts';

export const listGames = defineOperation({
  operationId: 'listGames',
  method: 'GET',
  path: '/v1/games',
  tag: 'Games',
  summary: 'List the games of the provider',
  auth: ['secret'],
  browser: false,
  idempotent: false,
  responses: {
    200: { description: 'All of them.', schema: z.object({ games: z.array(game).max(GAMES_MAX) }) },
  },
});
