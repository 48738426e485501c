import { Rate } from 'k6/metrics';
import type { Answer } from './api.ts';
import { tell } from './tell.ts';

/** Answers that are not what the contract has for this moment, of all. */
export const answeredWrong = new Rate('answered_wrong');

const TOLD_LENGTH_MAX = 200;
/** Of each virtual user: enough to see what is wrong, and no flood. */
const TOLD_MAX = 1;
let told = 0;

/** Counts the answer; the first wrong one of each virtual user is told. */
export function judgeAnswer(answer: Answer, isRight: boolean): void {
  answeredWrong.add(!isRight);
  if (isRight || told >= TOLD_MAX) return;
  told++;
  tell(`wrong answer: ${answer.status} ${answer.error} ${String(answer.body).slice(0, TOLD_LENGTH_MAX)}`);
}
