import type { SessionProof } from '@playgate/policy';
import { expect, test } from 'vitest';
import { decodeProof, encodeProof } from './proof-text.ts';

const AT = 1_790_000_000_000;
const PROOF: SessionProof = {
  seq: 7,
  state: 'active',
  pace: 4,
  leaseEndsAt: AT + 540_000,
  isWarned: false,
  openedAt: AT,
  lastBeatAt: AT + 180_000,
  runStartsAt: null,
  runLeasedMs: 0,
  overrunMs: 0,
  gaps: 0,
  date: '2026-10-14',
  recent: [{ startsAt: AT, endsAt: AT + 180_000 }],
};
const PLACE = { agentId: null, stationId: 'sta_1' };
const TEXT = encodeProof({ ...PLACE, proof: PROOF });

test('a proof is read as it was written', () => {
  expect(decodeProof(TEXT)).toEqual({ ...PLACE, proof: PROOF });
});

test('a text of before there were paces is of the plain one, and leaves the lease to the plan', () => {
  const old = TEXT.split(',').slice(0, 13).join(',');
  expect(decodeProof(old)).toEqual({ ...PLACE, proof: { ...PROOF, pace: 1, leaseEndsAt: PROOF.lastBeatAt } });
});

test.each([
  ['with a field too many', `${TEXT},1`],
  ['without its lease', TEXT.split(',').slice(0, 14).join(',')],
  ['of a pace that there is not', TEXT.replace(/,4,360000$/, ',3,360000')],
])('no text %s is one', (_what, text) => {
  expect(decodeProof(text)).toBeNull();
});
