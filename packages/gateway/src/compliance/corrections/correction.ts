// Corrections and grants: entries beside the record of play, each with who made it and why. What was measured stays as it is.
import { type CORRECTION_KINDS, MENDS_ERROR_PREFIX } from '@playgate/contract';
import { type AdjustmentEntry, type CalendarDate, formatInstant, type Instant } from '@playgate/policy';
import type { Actor } from '../../directory/actor.ts';
import type { World } from '../../directory/world.ts';

export type CorrectionKind = (typeof CORRECTION_KINDS)[number];

export interface Correction extends AdjustmentEntry {
  readonly correctionId: string;
  readonly kind: CorrectionKind;
  readonly playerId: string;
  /** Null: erased. */
  readonly reason: string | null;
  readonly author: Pick<Actor, 'role' | 'id'>;
  readonly madeAt: Instant;
  readonly undoes: string | null;
  readonly undoneBy: string | null;
}

/** An entry before it is kept. */
export interface NewCorrection extends AdjustmentEntry {
  readonly kind: CorrectionKind;
  readonly world: World;
  readonly playerId: string;
  readonly personId: string;
  readonly reason: string;
  readonly author: Pick<Actor, 'role' | 'id'>;
  readonly undoes: string | null;
  /** What it was judged with, in the words of session-context.ts. */
  readonly context: string;
  readonly now: Instant;
}

export interface Corrections {
  /**
   * Keeps an entry and its event together. `judge` is told what counts for the person on that day, while nobody else can add to
   * it, and throws to refuse. Null: the player belongs to another person by now, or was erased. Throws a Fault where the entry
   * that it takes back was taken back before, or where the day has too many.
   */
  add(entry: NewCorrection, judge: (others: readonly AdjustmentEntry[]) => void): Promise<Correction | null>;
  /** Newest first, at most CORRECTIONS_LISTED_MAX; `date` null: of any day. */
  list(personId: string, date: CalendarDate | null): Promise<readonly Correction[]>;
  /** What was corrected of a person counts for another, whose play it turned out to be. Doing it again changes nothing. */
  carryOver(previousPersonId: string, personId: string): Promise<void>;
}

/** In the words of the contract. */
export const describeCorrection = ({ madeAt, ...correction }: Correction) => ({
  ...correction,
  madeAt: formatInstant(madeAt),
});

/** Whether a reason says that an entry mends an error, and which: the mark alone says nothing, a letter or a digit has to follow. */
export function mendsError(reason: string): boolean {
  const text = reason.trimStart();
  return (
    text.toLowerCase().startsWith(MENDS_ERROR_PREFIX) && /[\p{L}\p{N}]/u.test(text.slice(MENDS_ERROR_PREFIX.length))
  );
}
