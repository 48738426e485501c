// Which rows an audience without a named scope does not see: those of few persons, and one more, so that the totals less the rows
// that are shown are never the figures of few persons either. Where there is no such row, the totals are withheld.
import { limits } from '@playgate/contract';
import type { ReportCell } from './report-source.ts';

const PEOPLE_MIN = limits.REPORT_CELL_PEOPLE_MIN;

export interface Withheld {
  /** Indexes of rows. */
  readonly rows: ReadonlySet<number>;
  readonly totals: boolean;
}

const NOTHING: Withheld = { rows: new Set(), totals: false };

/** `rows` in the order they are shown, which decides between rows of as many persons. */
export function withholdCells(
  rows: readonly Pick<ReportCell, 'people'>[],
  totals: Pick<ReportCell, 'people'>,
): Withheld {
  const small = rows.flatMap(({ people }, index) => (people < PEOPLE_MIN ? [index] : []));
  if (small.length === 0)
    return totals.people < PEOPLE_MIN && totals.people > 0 ? { ...NOTHING, totals: true } : NOTHING;
  const complement = smallestBig(rows);
  if (complement === null) return { rows: new Set(small), totals: true };
  return { rows: new Set([...small, complement]), totals: false };
}

/** The same persons may stand behind many small rows, so only a row that is not small itself can hide them. */
function smallestBig(rows: readonly Pick<ReportCell, 'people'>[]): number | null {
  let found: number | null = null;
  rows.forEach(({ people }, index) => {
    if (people >= PEOPLE_MIN && (found === null || people < rows[found]!.people)) found = index;
  });
  return found;
}
