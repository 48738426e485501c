// Bounded strings without control characters.
import * as z from 'zod';
import { TEXT_LENGTH_MAX, WORD_LENGTH_MAX } from '../limits.ts';

const PRINTABLE = /^[^\p{Cc}\p{Cs}]*$/u;

/** 1 to `lengthMax` characters of any script. */
export function printable(lengthMax: number) {
  return z.string().min(1).max(lengthMax).regex(PRINTABLE, 'must be text without control characters');
}

/** A lower_snake word. */
export const word = z
  .string()
  .max(WORD_LENGTH_MAX)
  .regex(/^[a-z][a-z0-9_]*$/, 'must be a lower_snake word');

/** One text in each language of the service. */
export const localizedText = z
  .object({ vi: z.string().max(TEXT_LENGTH_MAX), en: z.string().max(TEXT_LENGTH_MAX) })
  .meta({ id: 'LocalizedText', description: 'The text in each language; show the one the player reads.' });
