import { expect, it } from 'vitest';
import { FIGURES, readArguments } from './arguments.ts';

it('measures everything at length when nothing is said', () => {
  expect(readArguments([])).toEqual({ isQuick: false, only: new Set(FIGURES) });
});

it('takes a list in either form', () => {
  expect(readArguments(['--quick', '--only', 'S1,s5'])).toEqual({ isQuick: true, only: new Set(['S1', 'S5']) });
  expect(readArguments(['--', '--only=S10']).only).toEqual(new Set(['S10']));
});

it('names what it does not know', () => {
  expect(() => readArguments(['--fast'])).toThrow(new TypeError('--fast: no such argument'));
  expect(() => readArguments(['--quick=yes'])).toThrow(/no such argument/);
  expect(() => readArguments(['--only', 'S1,S9'])).toThrow(/"S9" is none of/);
  expect(() => readArguments(['--only'])).toThrow(/"" is none of/);
});
