import { limits, type Mode } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import { Fault } from '../fault.ts';

/** Between the clock of a provider's server and this one's. */
export const CONSENT_SKEW_MS = 60_000;

/** How far ahead of its world a consent may be dated: a sandbox may stand in the past of the server that asks. */
export const CONSENT_AHEAD_MS_MAX: Readonly<Record<Mode, number>> = {
  live: CONSENT_SKEW_MS,
  test: limits.DURATION_MS_MAX,
};

/**
 * A consent dated ahead would outlast a revocation made before that date. `now` in time of the world. Throws a Fault
 * `invalid_request` that names the field.
 */
export function assertConsentGiven(
  consentedAt: Instant,
  { mode, now }: { mode: Mode; now: Instant },
  path: string,
): void {
  if (consentedAt <= now + CONSENT_AHEAD_MS_MAX[mode]) return;
  throw new Fault('invalid_request', 'See `errors` for what is wrong and where.', [
    { path, message: 'must not lie in the future' },
  ]);
}
