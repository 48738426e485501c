/** Lines with columns under their titles; a column of numbers stands right. */
export function formatTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)));
  const isNumeric = titles.map((_, index) => rows.every((row) => /^(?:-?[\d.]+|< \d+|\*|)$/.test(row[index] ?? '')));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => (isNumeric[index] === true ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)))
      .join('  ')
      .trimEnd();
  return [titles, ...rows].map(line).join('\n');
}
