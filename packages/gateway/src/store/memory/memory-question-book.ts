import { LRUCache } from 'lru-cache';
import type { Question, QuestionBook } from '../../limits/answer-limit.ts';

/** Identities of about 200 bytes each. An older one that makes room is asked about anew, which the quotas of keys bound. */
export const IDENTITIES_KEPT_MAX = 50_000;

/** The questions that one process has answered. A new day is another identity, so nothing has to expire. */
export class MemoryQuestionBook implements QuestionBook {
  readonly #marks = new LRUCache<string, readonly string[]>({ max: IDENTITIES_KEPT_MAX });

  async admit(question: Question, questionsMax: number): Promise<boolean> {
    const asked = this.marksOf(question.identity);
    if (asked.includes(question.mark)) return true;
    if (asked.length >= questionsMax) return false;
    this.keep(question);
    return true;
  }

  marksOf(identity: string): readonly string[] {
    return this.#marks.get(identity) ?? [];
  }

  keep({ identity, mark }: Question): void {
    const asked = this.marksOf(identity);
    if (!asked.includes(mark)) this.#marks.set(identity, [...asked, mark]);
  }
}
