// What a reader is told, and what a run that accepts is.
import { expect, test } from 'vitest';
import { type CaseResult, judge } from '../src/certificate.ts';
import { PUBLISHED_CASES } from '../src/index.ts';
import { summaryOf } from '../src/summary.ts';

const all = PUBLISHED_CASES.map((entry): CaseResult => {
  return { ...entry, outcome: 'passed', observations: [], why: null, screenshots: [] };
});
const withLast = (outcome: CaseResult['outcome']) => [...all.slice(0, -1), { ...all.at(-1)!, outcome }];

test('only a run of all published cases accepts', () => {
  expect(judge(all)).toBe('accepted');
  expect(judge(withLast('skipped'))).toBe('accepted');
  expect(judge(withLast('failed'))).toBe('rejected');
  expect(judge(all.slice(1))).toBe('partial');
  expect(judge([])).toBe('partial');
});

test('what was skipped or left out is named', () => {
  expect(summaryOf(all.slice(0, 1))[0]).toBe('partial: NOT accepted, as cases were left out (1 of 15 cases passed)');
  expect(summaryOf(all.slice(1)).at(-1)).toBe('  left out: start_allowed');
  expect(summaryOf(withLast('skipped')).at(-1)).toBe('  skipped: agent_closed');
});
