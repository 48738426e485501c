// How much of what a caller may ask for, as data. Quotas are counted in real time, in windows that begin with a caller's
// first request; the limit of answers per identity, which counts days of a world, is in answer-limit.ts.
// The defaults lie far above any legitimate use: they bound what one stolen key, one loop gone wild or one address can cost.
import type { Operation } from '@playgate/contract';

/** Whom a quota is counted for. */
export type QuotaSubject = 'session' | 'key' | 'provider' | 'device' | 'address';

export interface Quota {
  /** Requests per window. */
  readonly requests: number;
  /** Whole seconds. */
  readonly windowS: number;
  readonly per: QuotaSubject;
  /** As the settings say it. */
  readonly what: string;
}

/**
 * A legitimate client beats every few seconds; a test under a sandbox clock beats as fast as it can. A thousand a second
 * from one session is neither, and leaves the process nine tenths of its capacity.
 */
const HEARTBEATS_MAX = 10_000;
/** 2,000 batches a second, each of up to 1,000 beats. */
const BATCHES_MAX = 20_000;
/** A title that opens for all its players at the same second starts 10,000 sessions in it. */
const STARTS_MAX = 50_000;
/** 2,000 a second; the contract promises a provider's server 500. */
const AGE_CHECKS_MAX = 20_000;
/** All keys of a provider together, twice what one may do. */
const AGE_CHECKS_OF_PROVIDER_MAX = 240_000;
/** Accounts that are verified from one device on a day: a family, or the staff of a shop on a busy one. */
const AGE_CHECKS_OF_DEVICE_MAX = 50;
/** Browsers that come back from an identity source: a school or a café behind one address, and no list of codes. */
const AGE_CHECKS_OF_ADDRESS_MAX = 600;
/** Keys have 238 random bits, so this bounds noise and the guessing of an operator's token that somebody made up. */
const FAILED_AUTHENTICATIONS_MAX = 3_000;
const ADMINISTRATION_MAX = 10_000;
const REQUESTS_MAX = 50_000;

const BURST_S = 10;
const MINUTE_S = 60;
const DAY_S = 86_400;

export const QUOTAS = {
  heartbeats: { requests: HEARTBEATS_MAX, windowS: BURST_S, per: 'session', what: 'Heartbeats and closes' },
  batches: { requests: BATCHES_MAX, windowS: BURST_S, per: 'key', what: 'Batches of heartbeats' },
  starts: { requests: STARTS_MAX, windowS: BURST_S, per: 'key', what: 'Starts of sessions' },
  age_checks: { requests: AGE_CHECKS_MAX, windowS: BURST_S, per: 'key', what: 'Age verifications' },
  age_checks_provider: {
    requests: AGE_CHECKS_OF_PROVIDER_MAX,
    windowS: MINUTE_S,
    per: 'provider',
    what: 'Age verifications of all its keys',
  },
  age_checks_device: { requests: AGE_CHECKS_OF_DEVICE_MAX, windowS: DAY_S, per: 'device', what: 'Age verifications' },
  age_checks_address: {
    requests: AGE_CHECKS_OF_ADDRESS_MAX,
    windowS: MINUTE_S,
    per: 'address',
    what: 'Requests without a key or token, but for the public pages',
  },
  administration: { requests: ADMINISTRATION_MAX, windowS: BURST_S, per: 'key', what: 'Requests of the operator' },
  requests: { requests: REQUESTS_MAX, windowS: BURST_S, per: 'key', what: 'Requests of every other kind' },
  failed_authentications: {
    requests: FAILED_AUTHENTICATIONS_MAX,
    windowS: MINUTE_S,
    per: 'address',
    what: 'Requests with a key or token that is not valid',
  },
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof QUOTAS;
export type Quotas = Readonly<Record<QuotaName, Quota>>;

export const QUOTA_NAMES = Object.keys(QUOTAS) as readonly QuotaName[];

/**
 * Those asked by every heartbeat: they are counted inside the process and cost no round trip, so each gateway of a deployment
 * grants them whole.
 */
export const COUNTED_IN_PROCESS: ReadonlySet<QuotaName> = new Set(['heartbeats', 'batches']);

/** Stricter than with the shared limiter: the other gateways count the same callers and nobody adds it up. */
const OUTAGE_SHARE = 0.5;

/** What one process grants of a quota while the shared limiter is away. */
export function outageQuotaOf({ requests }: Pick<Quota, 'requests'>): number {
  return Math.max(1, Math.floor(requests * OUTAGE_SHARE));
}

/** Which quota the requests of an operation come under, once it is known who calls; null: the public pages. */
export function quotaOfOperation({ operationId, auth, method, path, tag }: Operation): QuotaName | null {
  if (auth.includes('none')) return path.startsWith('/v1/') ? 'age_checks_address' : null;
  if (auth.includes('session')) return 'heartbeats';
  if (operationId === 'recordHeartbeats') return 'batches';
  if (operationId === 'openSession') return 'starts';
  if (tag === 'Age verification' && method === 'POST') return 'age_checks';
  return auth.includes('operator') ? 'administration' : 'requests';
}

/** The quotas of a gateway: those of the table, with the numbers that were set. */
export function quotasWith(requests: Readonly<Partial<Record<QuotaName, number>>>): Quotas {
  const entries = QUOTA_NAMES.map((name) => [
    name,
    { ...QUOTAS[name], requests: requests[name] ?? QUOTAS[name].requests },
  ]);
  return Object.fromEntries(entries) as Quotas;
}
