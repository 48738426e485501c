import { limits } from '@playgate/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withholdCells } from './withhold-cells.ts';

const PEOPLE_MIN = limits.REPORT_CELL_PEOPLE_MIN;
const cells = (...people: number[]) => people.map((count) => ({ people: count }));
const withheld = (rows: readonly number[], totals: number) => {
  const found = withholdCells(cells(...rows), { people: totals });
  return { rows: [...found.rows].sort(), totals: found.totals };
};

describe('withheld cells', () => {
  it('are those of few persons, and the smallest of the others', () => {
    expect(withheld([20, 3, 9, 9], 41)).toEqual({ rows: [1, 2], totals: false });
    expect(withheld([PEOPLE_MIN - 1, PEOPLE_MIN], 9)).toEqual({ rows: [0, 1], totals: false });
  });

  it('are none where every cell has enough', () => {
    expect(withheld([PEOPLE_MIN, 80], 85)).toEqual({ rows: [], totals: false });
    expect(withheld([], 0)).toEqual({ rows: [], totals: false });
  });

  it('take the totals along where nothing else can hide them', () => {
    expect(withheld([1, 2], 3)).toEqual({ rows: [0, 1], totals: true });
    // The same three on each of many days: their sum is no crowd.
    expect(withheld([3, 3, 3, 3], 3)).toEqual({ rows: [0, 1, 2, 3], totals: true });
  });

  it('never leave a difference that is of few persons', () => {
    const sets = fc.array(fc.uniqueArray(fc.nat(14), { minLength: 1, maxLength: 12 }), { maxLength: 8 });
    fc.assert(
      fc.property(sets, (rows) => {
        const totals = new Set(rows.flat());
        const found = withholdCells(
          rows.map((row) => ({ people: row.length })),
          { people: totals.size },
        );
        const shown = rows.filter((_, index) => !found.rows.has(index));
        for (const row of shown) expect(row.length).toBeGreaterThanOrEqual(PEOPLE_MIN);
        if (found.totals || rows.length === 0) return;
        const behindDifference = new Set(rows.filter((_, index) => found.rows.has(index)).flat());
        expect(behindDifference.size === 0 || behindDifference.size >= PEOPLE_MIN).toBe(true);
        expect(totals.size).toBeGreaterThanOrEqual(PEOPLE_MIN);
      }),
    );
  });
});
