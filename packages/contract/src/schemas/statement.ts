// "Why was I stopped": one day of one player, for people.
import { AGE_BANDS, BUDGET_SCOPES, DECISION_SOURCES } from '@playgate/policy';
import * as z from 'zod';
import {
  CITE_LENGTH_MAX,
  CORRECTIONS_OF_DAY_MAX,
  GAMES_MAX,
  ID_LENGTH_MAX,
  NAME_LENGTH_MAX,
  STATEMENT_PARAGRAPHS_MAX,
  STATEMENT_ROWS_MAX,
  TEXT_LENGTH_MAX,
  WORD_LENGTH_MAX,
  ZONE_LENGTH_MAX,
} from '../limits.ts';
import { policyReference } from './allowance.ts';
import { correctedMs, correction } from './correction.ts';
import { gameId, replyIds } from './ids.ts';
import { localizedText } from './text.ts';
import { calendarDate, durationMs, instant } from './time.ts';

const gameTitle = z.string().max(NAME_LENGTH_MAX);
const reasonWord = z.string().max(WORD_LENGTH_MAX);

const statementBudget = z
  .object({
    scope: z.enum(BUDGET_SCOPES),
    gameId: gameId.nullable().meta({ description: 'Of scope `game`; else `null`.' }),
    usedMs: durationMs.meta({ description: 'What counts, corrections included.' }),
    correctedMs,
    limitMs: durationMs,
    ruleId: z.string().max(ID_LENGTH_MAX),
    setBy: z.enum(['law', 'guardian']),
    cite: z.string().max(TEXT_LENGTH_MAX).meta({ description: 'As the policy has it.' }),
    citation: localizedText.meta({ description: '`cite` in the words of each language.' }),
    verified: z.boolean().meta({ description: 'False: nobody has read it in the act itself yet.' }),
    isSpent: z.boolean(),
  })
  .meta({ id: 'StatementBudget' });

const statementSession = z
  .object({
    sessionId: replyIds.sessionId,
    playerId: replyIds.playerId.nullable().meta({ description: 'Which account of the person it was.' }),
    gameId,
    gameTitle,
    agentId: replyIds.agentId.nullable(),
    startedAt: instant,
    endedAt: instant
      .nullable()
      .meta({ description: '`null`: it goes on, or nobody knows when it ended; see `isOpen`.' }),
    isOpen: z.boolean().meta({
      description:
        'It goes on. No heartbeats are asked of adults who are not at a game service point: without an `endedAt`, whether they still play is not known, and this is false.',
    }),
    endReason: reasonWord.nullable(),
    toldAtStart: z.object({ endsAt: instant.nullable() }).nullable().meta({
      description: 'When the player was told at the start that play would have to end; `null`: not on the record.',
    }),
    warnedAt: instant.nullable(),
    limitReachedAt: instant.nullable(),
    endOrderedAt: instant.nullable(),
    acknowledgedAt: instant.nullable().meta({
      description: 'When play ended as the client confirmed it; `null` after an `endOrderedAt`: it never confirmed.',
    }),
    closedAt: instant.nullable().meta({ description: 'When the client closed it; `null`: not told.' }),
    timeToEnforceMs: durationMs
      .nullable()
      .meta({ description: 'From the limit to the end of play as the client told it; `null`: no limit, or not told.' }),
    overrunMs: durationMs.meta({ description: 'Play past the limit: recorded, never taken from another day.' }),
    gaps: z.int().min(0),
    source: z.enum(DECISION_SOURCES),
  })
  .meta({ id: 'StatementSession' });

const statementDenial = z
  .object({
    at: instant,
    gameId,
    gameTitle,
    agentId: replyIds.agentId.nullable(),
    reason: reasonWord,
    nextAllowedAt: instant.nullable().meta({ description: '`null`: not known, or time alone does not help.' }),
    source: z.enum(DECISION_SOURCES),
  })
  .meta({ id: 'StatementDenial' });

export const statement = z
  .object({
    playerId: replyIds.playerId,
    date: calendarDate,
    zone: z.string().max(ZONE_LENGTH_MAX),
    asOf: instant,
    isOver: z.boolean().meta({ description: 'False: the day still goes on, and this can change.' }),
    ageBand: z.enum(AGE_BANDS).nullable(),
    unlimited: z.boolean().meta({ description: 'Play of this player is not limited (adults).' }),
    totalMs: durationMs.meta({ description: 'Union over the games, corrections included.' }),
    correctedMs,
    budgets: z.array(statementBudget).max(GAMES_MAX),
    sessions: z.array(statementSession).max(STATEMENT_ROWS_MAX),
    denials: z.array(statementDenial).max(STATEMENT_ROWS_MAX),
    corrections: z.array(correction).max(CORRECTIONS_OF_DAY_MAX),
    policy: policyReference.extend({ title: z.string().max(CITE_LENGTH_MAX) }),
    text: z
      .object({
        vi: z.array(localizedText.shape.vi).max(STATEMENT_PARAGRAPHS_MAX),
        en: z.array(localizedText.shape.en).max(STATEMENT_PARAGRAPHS_MAX),
      })
      .meta({ description: 'The same for people to read, a paragraph each.' }),
  })
  .meta({ id: 'Statement' });
