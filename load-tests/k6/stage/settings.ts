// What a run is told, as environment variables (`k6 run -e RATE=200 ...`). Every number has a bound.
import { isLoopback } from './loopback.ts';

const numbersRead: Record<string, number> = {};
/** The numbers this run goes by, for the record. */
export const numbersOfRun: Readonly<Record<string, number>> = numbersRead;

export interface NumberSetting {
  readonly fallback: number;
  readonly max: number;
}

/** Throws a TypeError that names the variable. */
export function wholeNumber(name: string, { fallback, max }: NumberSetting): number {
  const value = Number(__ENV[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new TypeError(`${name} must be a whole number from 1 to ${max}`);
  }
  numbersRead[name] = value;
  return value;
}

/** Half of the day's limit of a game, so that nobody is sent home by the time the books are looked at. */
const DURATION_S_MAX = 1_500;
/** Every virtual user holds the whole stage in memory. */
const SESSIONS_MAX = 5_000;
const RATE_MAX = 20_000;

/** Requests a second. */
export const rate = (fallback: number): number => wholeNumber('RATE', { fallback, max: RATE_MAX });
export const durationS = (fallback: number): number => wholeNumber('DURATION_S', { fallback, max: DURATION_S_MAX });
export const sessionCount = (fallback: number): number => wholeNumber('SESSIONS', { fallback, max: SESSIONS_MAX });

/** Throws a TypeError when it is not of this machine. */
function readUrl(name: string): string | null {
  const url = __ENV[name]?.replace(/\/$/, '') ?? null;
  if (url !== null && !isLoopback(url)) throw new TypeError(`${name} must be http:// on this machine, without a path`);
  return url;
}

export const settings = {
  baseUrl: readUrl('BASE_URL') ?? 'http://127.0.0.1:8080',
  /** With it every run has a provider of its own. */
  adminToken: __ENV.ADMIN_TOKEN ?? null,
  /** Of a test world (`sk_test_`); for where there is no admin token. */
  secretKey: __ENV.SECRET_KEY ?? null,
  /** Of the runner, which kills the Redis of the gateway and starts it again; null: there is no runner. */
  faultUrl: readUrl('FAULT_URL'),
} as const;
