/** The middle value, or the mean of the middle two. NaN where there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  if (Number.isInteger(middle)) return (sorted[middle - 1]! + sorted[middle]!) / 2;
  return sorted[Math.floor(middle)]!;
}

/** Least and greatest. */
export function spread(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Nearest rank: the least value that `share` (0-1) of all do not exceed. NaN where there is none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

/** What each round of one program made of the same round of another. Both ran in turn, so noise that lasts cancels out. */
export function ratios(values: readonly number[], others: readonly number[]): readonly number[] {
  return values.map((value, index) => value / others[index]!);
}

/** To four significant digits, which is more than such figures have. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
