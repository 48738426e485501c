// How many different answers about the age of one identity a caller may have on a day of its world. Without it a list of
// birth dates, tried one after the other, would tell whose they are. The same question again is the same answer and free.
// A refusal looks alike for an identity that is known and one that is not: nothing is looked up before it is given.
import { canonicalJson, dayOf, type Instant } from '@playgate/policy';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import { normalizeNationalId } from '../verification/normalize-national-id.ts';
import { type Mark, nameOfWorld } from './limit-subjects.ts';

export const ANSWERS_PER_DAY_MAX = 5;
/** Days are at most 25 h long; Retry-After goes up to a day. */
const RETRY_AFTER_S_MAX = 86_400;
const MS_PER_S = 1000;

/** What was asked of which identity on which day; neither can be turned back. */
export interface Question {
  readonly identity: string;
  readonly mark: string;
}

/** The port of what remembers the questions of a day. */
export interface QuestionBook {
  /** True: asked before, or there was room for one more and it is kept now. One step for all callers. Never throws. */
  admit(question: Question, questionsMax: number): Promise<boolean>;
}

/** The parts of a request that name an identity; whatever else it has is the question. */
export interface AskedIdentity {
  readonly playerRef: string;
  readonly nationalId?: string | undefined;
}

export interface AnswerLimitPorts {
  readonly book: QuestionBook;
  /** Keyed: whoever reads the book without the key cannot try birth dates. */
  readonly mark: Mark;
  /** The zone whose midnight ends the day. */
  readonly zoneAt: (now: Instant) => string;
  readonly answersMax: number;
}

export class AnswerLimit {
  readonly #ports: AnswerLimitPorts;

  constructor(ports: AnswerLimitPorts) {
    this.#ports = ports;
  }

  /** Throws a Fault (`rate_limited`, until the world's next midnight) for one question too many. */
  async admit(world: World, asked: AskedIdentity, now: Instant): Promise<void> {
    const { book, answersMax, zoneAt } = this.#ports;
    const day = dayOf(zoneAt(now), now);
    const questions = this.#questionsOf(world, asked, day.date);
    const answers = await Promise.all(questions.map((question) => book.admit(question, answersMax)));
    if (answers.every((admitted) => admitted)) return;
    throw new Fault('rate_limited', 'This identity was asked about too often today.', [], {
      retryAfterS: Math.min(RETRY_AFTER_S_MAX, Math.ceil((day.endsAt - now) / MS_PER_S)),
    });
  }

  /** One for the account, and one for the person where a document names it, whatever the account. */
  #questionsOf(world: World, asked: AskedIdentity, date: string): Question[] {
    const { playerRef, nationalId: written, ...claim } = asked;
    // However it is written, it is one document.
    const nationalId = written === undefined ? undefined : (normalizeNationalId(written) ?? undefined);
    const { mark } = this.#ports;
    const about = canonicalJson(whatIsClaimed(claim));
    const question = (kind: string, identity: string, what: string): Question => ({
      identity: `${mark(kind, nameOfWorld(world), identity)}:${date}`,
      mark: mark('question', nameOfWorld(world), kind, what),
    });
    const account = question('account', playerRef, canonicalJson([nationalId ?? null, about]));
    return nationalId === undefined ? [account] : [account, question('person', nationalId, about)];
  }
}

/** When consent was given says nothing of the age, and a caller may state it anew at each try. */
const SAYS_NOTHING_OF_AGE = 'consentedAt';

function whatIsClaimed(claim: object): object {
  const entries = Object.entries(claim).filter(([name, value]) => name !== SAYS_NOTHING_OF_AGE && value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'object' && value !== null ? whatIsClaimed(value) : value]),
  );
}
