import { expect, it } from 'vitest';
import { readArguments } from './arguments.ts';

it('soaks for twenty minutes at a rate that it finds when nothing is said', () => {
  expect(readArguments([])).toEqual({ minutes: 20, perSecond: null, samplesFile: null, snapshotsFolder: null });
});

it('takes numbers in either form', () => {
  expect(readArguments(['--', '--minutes', '1', '--rate=1500', '--samples', 'soak.jsonl'])).toEqual({
    minutes: 1,
    perSecond: 1_500,
    samplesFile: 'soak.jsonl',
    snapshotsFolder: null,
  });
});

it.each([['--minutes'], ['--minutes', '0'], ['--minutes', '1.5'], ['--rate', '1'], ['--quick'], ['--samples']])(
  'refuses %s %s',
  (...argv) => {
    expect(() => readArguments(argv)).toThrow(TypeError);
  },
);
