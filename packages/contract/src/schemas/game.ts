import * as z from 'zod';
import { ID_LENGTH_MAX, NAME_LENGTH_MAX } from '../limits.ts';
import { GAME_CLASSES } from '../vocabulary.ts';
import { rating } from './allowance.ts';
import { gameId } from './ids.ts';

export const gameClass = z.enum(GAME_CLASSES).meta({ id: 'GameClass', description: 'Class of the game in Vietnam.' });

export const game = z
  .object({
    gameId,
    title: z.string().max(NAME_LENGTH_MAX),
    class: gameClass,
    rating,
    policyId: z.string().max(ID_LENGTH_MAX),
  })
  .meta({ id: 'Game' });
