export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Trend {
  /** Of y for each x. */
  readonly slope: number;
  /** How far the slope may be off by chance; one standard error. */
  readonly error: number;
}

/** The straight line through points by least squares. NaN for fewer than three, or for points at one x. */
export function trendOf(points: readonly Point[]): Trend {
  if (points.length < 3) return { slope: Number.NaN, error: Number.NaN };
  const [meanX, meanY] = [meanOf(points.map(({ x }) => x)), meanOf(points.map(({ y }) => y))];
  const widthX = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / widthX;
  const rest = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / widthX) };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The median of the last third of values less that of the first third: what stays, and no peak between. */
export function riseOf(values: readonly number[], median: (values: readonly number[]) => number): number {
  const third = Math.max(1, Math.floor(values.length / 3));
  return median(values.slice(-third)) - median(values.slice(0, third));
}
