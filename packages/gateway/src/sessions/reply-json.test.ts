import type { HeartbeatReply } from '@playgate/contract';
import { expect, test } from 'vitest';
import { MESSAGES } from './messages.ts';
import { heartbeatJson } from './reply-json.ts';

const NOTICE = { vi: 'Chơi quá 180 phút một ngày sẽ ảnh hưởng xấu đến sức khỏe 🎮', en: 'It is "bad" for you.' };
const AT = '2026-10-14T03:00:00.000Z';
const GOES_ON = {
  verdict: 'continue',
  seq: 2,
  serverAt: AT,
  unlimited: false,
  remainingMs: 3_540_000,
  endsAt: AT,
  bindingRule: { id: 'game-day', scope: 'game', limitMs: 3_600_000 },
  nextAllowedAt: AT,
  used: { gameMs: 60_000, providerMs: 60_000 },
  nextHeartbeatMs: 30_000,
  leaseExpiresAt: AT,
  warningsMs: [900_000, 60_000],
  notices: [{ id: 'health', everyMs: 1_800_000, text: NOTICE }],
  rating: '12+',
  policy: { id: 'vn-147-2024', version: 1, hash: '0'.repeat(64) },
  source: 'live',
  receipt: '2,1.key.mark',
} satisfies HeartbeatReply;

test('says what JSON says, in ASCII', () => {
  const json = heartbeatJson(GOES_ON);
  expect(JSON.parse(json)).toEqual(GOES_ON);
  expect(Buffer.byteLength(json)).toBe(json.length);
});

test('an end has its message, whose letters may be beyond ASCII', () => {
  const reason = 'daily_budget_spent';
  const ended: HeartbeatReply = { ...GOES_ON, verdict: 'end', reason, message: MESSAGES[reason] };
  expect(JSON.parse(heartbeatJson(ended))).toEqual(ended);
});

test.each([
  ['another policy', { policy: { ...GOES_ON.policy, version: 2 } }],
  ['other warnings', { warningsMs: [60_000] }],
  ['no notice', { notices: [] }],
])('%s is told, with the notices that were told before', (_, other) => {
  heartbeatJson(GOES_ON);
  const reply = { ...GOES_ON, ...other };
  expect(JSON.parse(heartbeatJson(reply))).toEqual(reply);
  expect(JSON.parse(heartbeatJson(GOES_ON))).toEqual(GOES_ON);
});
