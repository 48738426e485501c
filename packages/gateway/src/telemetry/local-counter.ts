// A counter for what happens with every heartbeat: it adds in place and tells the SDK when somebody reads. The SDK's own
// makes a text of the labels at each addition, which costs forty times as much.
import type { Meter } from '@opentelemetry/api';

interface Cell {
  readonly attributes: Readonly<Record<string, string>>;
  value: number;
}

/** Adds one to the series with these values of the two labels. They have few values: each pair is kept for good. */
export function createLocalCounter(
  meter: Meter,
  { description, labels, name }: { name: string; description: string; labels: readonly [string, string] },
): (first: string, second: string) => void {
  const cells = new Map<string, Map<string, Cell>>();
  meter.createObservableCounter(name, { description }).addCallback((result) => {
    for (const row of cells.values())
      for (const { attributes, value } of row.values()) result.observe(value, attributes);
  });
  const makeCell = (first: string, second: string): Cell => {
    const row = cells.get(first) ?? new Map<string, Cell>();
    const cell = { attributes: { [labels[0]]: first, [labels[1]]: second }, value: 0 };
    cells.set(first, row.set(second, cell));
    return cell;
  };
  return (first, second) => {
    const cell = cells.get(first)?.get(second) ?? makeCell(first, second);
    cell.value++;
  };
}
