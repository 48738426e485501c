// The questions of a day, shared by all gateways through Redis. What this process has answered it also remembers itself:
// that is what holds, with less room, while Redis does not answer, and it is told to Redis with the next question.

import { answeredWithin } from '../../answer-time.ts';
import type { Question, QuestionBook } from '../../limits/answer-limit.ts';
import { MemoryQuestionBook } from '../memory/memory-question-book.ts';
import { questionsKey } from './keys.ts';
import type { RedisClient } from './redis-client.ts';

/** Different questions about an identity that one process answers on a day while Redis is away. */
export const OUTAGE_QUESTIONS_MAX = 2;
/** Nothing else of such a request waits for Redis. */
const ANSWER_MS_MAX = 100;
/** Of real time: longer than any day, since a sandbox clock may stand anywhere in its own. */
const KEPT_S = 172_800;

export class RedisQuestionBook implements QuestionBook {
  readonly #redis: RedisClient;
  readonly #own = new MemoryQuestionBook();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async admit(question: Question, questionsMax: number): Promise<boolean> {
    const told = this.#own.marksOf(question.identity);
    const admitted = await this.#ask(question, questionsMax, told).catch(() => null);
    if (admitted === null) return this.#own.admit(question, Math.min(OUTAGE_QUESTIONS_MAX, questionsMax));
    if (admitted) this.#own.keep(question);
    return admitted;
  }

  /** Rejects when Redis does not answer in time. */
  async #ask({ identity, mark }: Question, questionsMax: number, told: readonly string[]): Promise<boolean> {
    if (this.#redis.status !== 'ready') throw new Error('Redis is not connected');
    const asked = (this.#redis as unknown as Scripts).admitQuestion(
      questionsKey(identity),
      questionsMax,
      KEPT_S,
      mark,
      ...told,
    );
    return (await answeredWithin(asked, ANSWER_MS_MAX, 'Redis does not answer')) === 1;
  }
}

interface Scripts {
  admitQuestion(key: string, questionsMax: number, keptS: number, ...marks: readonly string[]): Promise<number>;
}
