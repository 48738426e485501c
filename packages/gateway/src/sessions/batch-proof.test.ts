// How long a receipt of a batch gets: the contract bounds it, and a client that shows a longer one is refused with its whole batch.
import { limits } from '@playgate/contract';
import { PROVEN_INTERVALS_MAX, type SessionProof, WEEKDAYS } from '@playgate/policy';
import { expect, test } from 'vitest';
import { ID_PREFIXES, ID_RANDOM_LENGTH, type IdKind } from '../directory/new-id.ts';
import { HmacReceipts } from '../tokens/hmac-receipts.ts';
import { claimsOfProof, encodeBatchProof, withoutClaims } from './batch-proof.ts';
import { decodeProof, encodeProof } from './proof-text.ts';
import { decodeContext, encodeContext, type SessionContext } from './session-context.ts';

const longId = (kind: IdKind) => ID_PREFIXES[kind] + 'x'.repeat(ID_RANDOM_LENGTH);
const LAST_INSTANT = Date.parse(limits.SANDBOX_CLOCK_TO);
/** Of the numbers of a packed session. */
const [UINT32_MAX, UINT40_MAX] = [2 ** 32 - 1, 2 ** 40 - 1];
const CORRECTED_MS_MAX = limits.CORRECTIONS_OF_DAY_MAX * limits.CORRECTION_MS_MAX;

const CONTEXT: SessionContext = {
  policyId: 'p'.repeat(limits.ID_LENGTH_MAX),
  policyVersion: limits.POLICY_VERSION_MAX,
  ageBand: 'under_12',
  isVerified: false,
  verifiedPhoneCountry: '+999',
  hasGuardian: true,
  rating: '18+',
  agentHours: { opensAt: '08:00', closesAt: '22:00' },
  guardianRules: {
    gameLimitMs: limits.PLAY_OF_DAY_MS_MAX,
    dayLimitMs: limits.PLAY_OF_DAY_MS_MAX,
    bedtimes: Array.from({ length: limits.BEDTIMES_MAX }, () => ({ days: WEEKDAYS, from: '21:00', to: '07:00' })),
    pause: { untilAt: LAST_INSTANT },
  },
  isHumanKnown: true,
  adjustment: {
    date: '2026-10-14',
    mended: { game: -CORRECTED_MS_MAX, provider: -CORRECTED_MS_MAX },
    corrected: { game: -CORRECTED_MS_MAX, provider: -CORRECTED_MS_MAX },
    bonusMs: CORRECTED_MS_MAX,
  },
  assurance: 'attested',
  protocol: 'server',
};
const PROOF: SessionProof = {
  seq: limits.SEQ_MAX,
  state: 'active',
  pace: 4,
  leaseEndsAt: LAST_INSTANT + UINT32_MAX,
  isWarned: true,
  openedAt: LAST_INSTANT,
  lastBeatAt: LAST_INSTANT,
  runStartsAt: LAST_INSTANT,
  runLeasedMs: UINT32_MAX,
  overrunMs: UINT40_MAX,
  gaps: UINT32_MAX,
  date: '2026-10-14',
  recent: Array.from({ length: PROVEN_INTERVALS_MAX }, () => ({ startsAt: LAST_INSTANT, endsAt: LAST_INSTANT })),
};

test('the longest receipt fits into an answer and into the next batch, and says all', () => {
  const placed = { proof: PROOF, agentId: longId('agent'), stationId: longId('station') };
  const claims = {
    gameId: 'g'.repeat(limits.ID_LENGTH_MAX),
    playerId: longId('player'),
    context: encodeContext(CONTEXT),
  };
  const receipts = new HmacReceipts([{ id: '0a0b0c0d', key: new Uint8Array(32) }]);
  const receipt = receipts.issue('ses', encodeBatchProof(encodeProof(placed), claims));
  expect(receipt.length).toBeGreaterThan(limits.RECEIPT_LENGTH_MAX * 0.8);
  expect(receipt.length).toBeLessThanOrEqual(limits.RECEIPT_LENGTH_MAX);
  const text = receipts.read('ses', receipt)!;
  expect(claimsOfProof(text)).toEqual(claims);
  expect(decodeContext(claims.context)).toEqual(CONTEXT);
  expect(decodeProof(withoutClaims(text))).toEqual(placed);
});
