const YEAR_MS = 365.25 * 86_400_000;

/** The birth date of somebody who has been so old for half a year, by real time. */
export function bornYearsAgo(years: number): string {
  return new Date(Date.now() - (years + 0.5) * YEAR_MS).toISOString().slice(0, 10);
}
