import { expect, it } from 'vitest';
import { findingOf, isMet, lineOf, passes, tableOf } from './finding.ts';

const facts = { figure: 'S1', name: 'speed', unit: 'ratio', target: { atLeast: 1 }, samples: [1.2, 0.9, 1.1] } as const;

it('is the median of its samples', () => {
  const finding = findingOf(facts);
  expect([finding.value, finding.spread, passes(finding)]).toEqual([1.1, [0.9, 1.2], true]);
  expect(JSON.parse(lineOf(findingOf({ ...facts, detail: { rounds: 3 } })))).toEqual({
    figure: 'S1',
    name: 'speed',
    value: 1.1,
    unit: 'ratio',
    target: '>= 1',
    pass: true,
    spread: [0.9, 1.2],
    samples: [1.2, 0.9, 1.1],
    rounds: 3,
  });
});

it('meets a target that it equals', () => {
  expect(passes(findingOf({ ...facts, samples: [1] }))).toBe(true);
  expect(passes(findingOf({ ...facts, samples: [0.99] }))).toBe(false);
  expect(passes(findingOf({ ...facts, target: { atMost: 1 }, samples: [1] }))).toBe(true);
  expect(passes(findingOf({ ...facts, target: { atMost: 1 }, samples: [1.01] }))).toBe(false);
});

it('is no finding without a sample', () => {
  expect(() => findingOf({ ...facts, samples: [] })).toThrow(/nothing was measured/);
  expect(() => findingOf({ ...facts, samples: [Number.NaN] })).toThrow(/nothing was measured/);
});

it('tells people what falls short, and what was cut', () => {
  const table = tableOf([findingOf({ ...facts, samples: [0.5], reduced: 'half the data' })]);
  expect(table.split('\n')[1]).toMatch(/0\.5 ratio .*>= 1 +falls short \(half the data\)$/);
});

it('is not met where the generator was the limit, whatever its value', () => {
  const finding = findingOf({ ...facts, samples: [2], isGeneratorLimited: true });
  expect([passes(finding), isMet(finding), isMet(findingOf({ ...facts, samples: [2] }))]).toEqual([true, false, true]);
  expect(JSON.parse(lineOf(finding))).toMatchObject({ pass: false, generatorLimited: true });
  expect(tableOf([finding])).toMatch(/not shown: the generator is the limit$/);
});
