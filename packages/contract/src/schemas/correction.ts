// Corrections of what counts as played on a day, and time that a guardian's limit is lifted by.
import * as z from 'zod';
import {
  CORRECTION_MS_MAX,
  CORRECTION_REASON_LENGTH_MAX,
  CORRECTIONS_LISTED_MAX,
  CORRECTIONS_OF_DAY_MAX,
  ID_LENGTH_MAX,
  PLAY_OF_DAY_MS_MAX,
} from '../limits.ts';
import { AUTH_KINDS, CORRECTION_KINDS, MENDS_ERROR_PREFIX } from '../vocabulary.ts';
import { gameId, replyIds } from './ids.ts';
import { printable } from './text.ts';
import { calendarDate, instant } from './time.ts';

const dayToCorrect = calendarDate.meta({ description: 'Calendar day in the zone of the policy.' });

export const correctionReason = printable(CORRECTION_REASON_LENGTH_MAX).meta({
  description:
    `Why. It stands in the statement until the player is erased; the evidence has only a salted hash of it. \`${MENDS_ERROR_PREFIX}\` ` +
    'at its beginning, in any case, says that the entry mends an error of counting: only then can time be given back beyond the law.',
  examples: ['error: the server of the game was down from 19:10 to 19:20'],
});

const deltaMs = z.int().min(-CORRECTION_MS_MAX).max(CORRECTION_MS_MAX);

export const correctionRequest = z.strictObject({
  date: dayToCorrect,
  gameId,
  deltaMs: deltaMs
    .refine((ms) => ms !== 0, 'must not be 0')
    .meta({
      description: 'Added to what counts as played, of the game and of all games; below 0 it gives time back.',
      examples: [-600_000],
    }),
  reason: correctionReason,
});

export const grantRequest = z.strictObject({
  date: dayToCorrect,
  bonusMs: z
    .int()
    .min(1)
    .max(PLAY_OF_DAY_MS_MAX)
    .meta({ description: 'Added to the limits of the guardian; never to those of the law.', examples: [1_800_000] }),
  reason: correctionReason,
});

export const undoRequest = z.strictObject({ reason: correctionReason });

export const correction = z
  .object({
    correctionId: replyIds.correctionId,
    playerId: replyIds.playerId,
    kind: z.enum(CORRECTION_KINDS),
    date: calendarDate,
    gameId: gameId.nullable().meta({ description: '`null`: a grant, which is for every game.' }),
    deltaMs,
    bonusMs: z.int().min(-PLAY_OF_DAY_MS_MAX).max(PLAY_OF_DAY_MS_MAX).meta({ description: 'Of a grant; else 0.' }),
    mendsError: z.boolean(),
    reason: printable(CORRECTION_REASON_LENGTH_MAX).nullable().meta({ description: '`null`: erased.' }),
    author: z
      .object({
        role: z.enum(AUTH_KINDS),
        id: z
          .string()
          .max(ID_LENGTH_MAX)
          .nullable()
          .meta({ description: 'The key or link that was used, or the mark of the person who signed in.' }),
      })
      .meta({ id: 'CorrectionAuthor' }),
    madeAt: instant,
    undoes: replyIds.correctionId.nullable().meta({ description: 'The entry that this one takes back.' }),
    undoneBy: replyIds.correctionId.nullable(),
  })
  .meta({ id: 'Correction' });

export const correctionList = z
  .object({
    playerId: replyIds.playerId,
    corrections: z.array(correction).max(CORRECTIONS_LISTED_MAX).meta({ description: 'Newest first.' }),
  })
  .meta({ id: 'CorrectionList' });

const sumMax = CORRECTION_MS_MAX * CORRECTIONS_OF_DAY_MAX;

/** Of a day, in answers that tell used time. */
export const correctedMs = z.int().min(-sumMax).max(sumMax).meta({
  description:
    'What corrections have added to the measured time; below 0: what they gave back. It is in the total already.',
});
