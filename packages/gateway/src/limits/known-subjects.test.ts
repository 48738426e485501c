import { expect, it } from 'vitest';
import { KnownSubjects, OTHERS } from './known-subjects.ts';

it('tells as many apart as it may, and begins anew with each window', () => {
  let nowMs = 1_000;
  const subjects = new KnownSubjects(10_000, 2, { now: () => nowMs });
  expect(['a', 'b', 'c', 'a', 'd'].map((subject) => subjects.nameOf(subject))).toEqual(['a', 'b', OTHERS, 'a', OTHERS]);
  nowMs += 10_000;
  expect(['d', 'c', 'a'].map((subject) => subjects.nameOf(subject))).toEqual(['d', 'c', OTHERS]);
});
