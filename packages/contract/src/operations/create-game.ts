import * as z from 'zod';
import { NAME_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { rating } from '../schemas/allowance.ts';
import { game, gameClass } from '../schemas/game.ts';
import { gameId, requestIds } from '../schemas/ids.ts';
import { printable } from '../schemas/text.ts';

export const createGame = defineOperation({
  operationId: 'createGame',
  method: 'POST',
  path: '/v1/games',
  tag: 'Games',
  summary: 'Register a game',
  auth: ['secret'],
  browser: false,
  idempotent: true,
  body: z.strictObject({
    gameId: gameId.optional(),
    title: printable(NAME_LENGTH_MAX),
    class: gameClass,
    rating,
    policyId: requestIds.policyId.optional(),
  }),
  responses: { 201: { description: 'Registered.', schema: game } },
  errors: ['conflict', 'unprocessable'],
});
