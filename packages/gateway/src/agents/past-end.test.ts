import { expect, it } from 'vitest';
import { reasonOfPastEnd } from './past-end.ts';

const MIDNIGHT = Date.UTC(2026, 9, 13, 17);
const HOUR_MS = 3_600_000;
const policy = { zone: 'Asia/Ho_Chi_Minh', agent: { opensAt: '08:00', closesAt: '22:00', cite: '', verified: true } };
const END = {
  cause: 'stop',
  reason: null,
  closeReason: null,
  limitAt: null,
  hours: { opensAt: '08:00', closesAt: '20:00' },
  policy,
};

it.each([
  [{ cause: 'game' }, 'daily_budget_spent'],
  [{ cause: 'agent' }, 'daily_budget_spent'],
  [{ cause: 'silence' }, 'session_lost'],
  [{ cause: 'order' }, 'agent_ended'],
  [{ cause: 'closed', closeReason: 'quit' }, 'quit'],
  [{ cause: 'closed' }, 'session_closed'],
  [{ cause: 'game', closeReason: 'limit' }, 'daily_budget_spent'],
  [{ cause: 'stop', reason: 'guardian_window' }, 'guardian_window'],
  [{ cause: 'of_a_later_gateway' }, 'of_a_later_gateway'],
  [{ limitAt: MIDNIGHT + 20 * HOUR_MS }, 'agent_closed'],
  [{ limitAt: MIDNIGHT + 22 * HOUR_MS }, 'agent_closed'],
  [{ limitAt: MIDNIGHT + 21 * HOUR_MS }, 'outside_window'],
  [{ limitAt: MIDNIGHT + 24 * HOUR_MS, hours: { opensAt: '00:00', closesAt: '24:00' } }, 'agent_closed'],
  [{ limitAt: MIDNIGHT + 21 * HOUR_MS, policy: null }, 'agent_closed'],
])('%o: %s', (end, reason) => {
  expect(reasonOfPastEnd({ ...END, ...end })).toBe(reason);
});
