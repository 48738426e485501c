// The time of the test world, which the runs about an hour of the day take along with them.
import http from 'k6/http';
import { bodyOf, post, put } from './api.ts';
import { settings } from './settings.ts';
import type { Tenant } from './tenant.ts';

/** Any day under the policy that ships: a run in its evening is the same on every day. */
const DAY = '2026-10-14';
const DAY_AFTER = '2026-10-15';
/** That of the policy vn-147-2024. */
const OFFSET = '+07:00';

export const DATES = { before: DAY, after: DAY_AFTER } as const;
export const MIDNIGHT_AT = Date.parse(`${DAY_AFTER}T00:00:00${OFFSET}`);

/** The instant of a wall-clock time (`HH:MM:SS`) of that day. */
export const instantOf = (time: string): Date => new Date(`${DAY}T${time}${OFFSET}`);

export function freezeClock({ secretKey }: Tenant, now: Date): void {
  bodyOf(put({ name: 'set-up', path: '/v1/sandbox/clock', key: secretKey, body: { now: now.toISOString() } }));
}

export function advanceClock({ secretKey }: Tenant, ms: number): void {
  bodyOf(post({ name: 'clock', path: '/v1/sandbox/clock/advance', key: secretKey, body: { ms } }));
}

export function releaseClock({ secretKey }: Tenant): void {
  const headers = { authorization: `Bearer ${secretKey}` };
  http.del(`${settings.baseUrl}/v1/sandbox/clock`, null, { headers, tags: { name: 'set-up' } });
}
