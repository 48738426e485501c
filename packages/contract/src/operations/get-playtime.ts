import { INTERVALS_PER_ACCOUNT_MAX } from '@playgate/policy';
import * as z from 'zod';
import { GAMES_MAX, NAME_LENGTH_MAX, ZONE_LENGTH_MAX } from '../limits.ts';
import { defineOperation } from '../operation.ts';
import { policyReference } from '../schemas/allowance.ts';
import { correctedMs } from '../schemas/correction.ts';
import { gameId, replyIds, requestIds } from '../schemas/ids.ts';
import { calendarDate, durationMs, instant } from '../schemas/time.ts';

const gamePlaytime = z
  .object({
    gameId,
    title: z.string().max(NAME_LENGTH_MAX),
    usedMs: durationMs.meta({ description: 'What counts: the intervals, and what was corrected.' }),
    correctedMs,
    intervals: z.array(z.object({ startedAt: instant, endedAt: instant })).max(INTERVALS_PER_ACCOUNT_MAX),
  })
  .meta({ id: 'GamePlaytime' });

export const getPlaytime = defineOperation({
  operationId: 'getPlaytime',
  method: 'GET',
  path: '/v1/players/{playerId}/playtime',
  tag: 'Sessions',
  summary: 'Read what a player played on a day',
  auth: ['secret', 'guardian'],
  browser: false,
  idempotent: false,
  params: z.strictObject({ playerId: requestIds.playerId }),
  query: z.strictObject({
    date: calendarDate.optional().meta({ description: 'Calendar day in the zone of the policy; today if left out.' }),
  }),
  responses: {
    200: {
      description: 'The books of the day.',
      schema: z
        .object({
          playerId: replyIds.playerId,
          date: calendarDate,
          zone: z
            .string()
            .max(ZONE_LENGTH_MAX)
            .meta({ examples: ['Asia/Ho_Chi_Minh'] }),
          totalMs: durationMs.meta({
            description: 'Union over the games, a minute counts once; and what was corrected.',
          }),
          correctedMs,
          games: z.array(gamePlaytime).max(GAMES_MAX),
          limitReachedAt: instant.nullable(),
          policy: policyReference,
        })
        .meta({ id: 'Playtime' }),
    },
  },
  errors: ['unprocessable', 'ledger_unavailable'],
});
