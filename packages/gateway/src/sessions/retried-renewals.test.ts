import { expect, test } from 'vitest';
import { RetriedRenewals } from './retried-renewals.ts';
import { LedgerUnavailableError } from './session-store.ts';

test('a renewal that met an unavailable ledger is carried out once it is back, from the first instant on', async () => {
  let isAway = true;
  const told: unknown[] = [];
  const renewals = new RetriedRenewals({
    renewSessions: async (...args) => {
      if (isAway) throw new LedgerUnavailableError('away');
      told.push(args);
      return 1;
    },
  });
  expect(await renewals.renewSessions('per_a', 1)).toBe(0);
  expect(await renewals.renewSessions('per_a', 2)).toBe(0);
  await expect(renewals.retry()).rejects.toThrow('away');
  isAway = false;
  await renewals.retry();
  await renewals.retry();
  expect(told).toEqual([['per_a', 1]]);
  expect(await renewals.renewSessions('per_b', 3)).toBe(1);
});

test('what is not an outage is the caller’s to know', async () => {
  const renewals = new RetriedRenewals({ renewSessions: () => Promise.reject(new TypeError('a defect')) });
  await expect(renewals.renewSessions('per_a', 1)).rejects.toThrow('a defect');
});
