import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeProof, seqOfProof } from '../sessions/proof-text.ts';
import { HmacReceipts, type ReceiptKey } from './hmac-receipts.ts';

const SESSION = 'ses_0170123456789abcdef';
const PROOF = encodeProof({
  agentId: 'agt_0123456789abcdef',
  stationId: 'sta_0123456789abcdef',
  proof: {
    seq: 7,
    state: 'active',
    pace: 1,
    leaseEndsAt: 1_790_000_270_000,
    isWarned: false,
    openedAt: 1_790_000_000_000,
    lastBeatAt: 1_790_000_180_000,
    runStartsAt: 1_790_000_000_000,
    runLeasedMs: 0,
    overrunMs: 0,
    gaps: 0,
    date: '2026-10-14',
    recent: Array.from({ length: 4 }, (_, at) => ({
      startsAt: 1_790_000_000_000 + at,
      endsAt: 1_790_000_180_000 + at,
    })),
  },
});
const keyOf = (id: string): ReceiptKey => ({ id, key: randomBytes(32) });
const key = keyOf('0a0b0c0d');
const receipts = new HmacReceipts([key]);
const receipt = receipts.issue(SESSION, PROOF);

test('a receipt is the proof with an HMAC-SHA-256 that is bound to the session', () => {
  const [proof, keyId, mac] = receipt.split('.');
  expect([proof, keyId]).toEqual([PROOF, '0a0b0c0d']);
  expect(mac).toBe(createHmac('sha256', key.key).update(`${SESSION}/${PROOF}.0a0b0c0d`).digest('base64url'));
  expect(receipts.read(SESSION, receipt)).toBe(PROOF);
  expect(seqOfProof(receipt)).toBe(7);
});

test.each([
  ['of another session', () => receipts.read('ses_0170123456789abcdeg', receipt)],
  ['with the session moved into the proof', () => receipts.read(SESSION.slice(0, -1), `f/${receipt}`)],
  ['of another deployment', () => receipts.read(SESSION, new HmacReceipts([keyOf(key.id)]).issue(SESSION, PROOF))],
  ['of a key that was dropped', () => new HmacReceipts([keyOf('11111111')]).read(SESSION, receipt)],
  ['without its mark', () => receipts.read(SESSION, receipt.slice(0, receipt.lastIndexOf('.')))],
  ['with an empty mark', () => receipts.read(SESSION, receipt.slice(0, receipt.lastIndexOf('.') + 1))],
  ['with a longer mark', () => receipts.read(SESSION, `${receipt}A`)],
  ['with a part more', () => receipts.read(SESSION, `${receipt}.A`)],
  ['in characters whose low byte is the right one', () => receipts.read(SESSION, receipt.replace('7,', '\u0137,'))],
  ['of the length that a request may have', () => receipts.read(SESSION, `${'1'.repeat(4_000)}.${key.id}.x`)],
  ['of __proto__', () => receipts.read(SESSION, `${PROOF}.__proto__.x`)],
])('none %s', (_, read) => {
  expect(read()).toBeNull();
});

test('no changed character is let by', () => {
  for (let at = 0; at < receipt.length; at++) {
    for (const other of ['0', '1', 'A', 'z', ',', '.']) {
      if (receipt[at] === other) continue;
      const changed = receipt.slice(0, at) + other + receipt.slice(at + 1);
      expect(receipts.read(SESSION, changed), changed).toBeNull();
    }
  }
});

test('an older key is good as long as it is kept', () => {
  const next = keyOf('22222222');
  const rotated = new HmacReceipts([next, key]);
  expect(rotated.read(SESSION, receipt)).toBe(PROOF);
  expect(rotated.issue(SESSION, PROOF)).toContain('.22222222.');
  rotated.use([next]);
  expect(rotated.read(SESSION, receipt)).toBeNull();
  expect(() => rotated.use([])).toThrow(TypeError);
});
