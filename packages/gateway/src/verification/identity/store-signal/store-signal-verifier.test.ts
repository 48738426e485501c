import { describe, expect, it } from 'vitest';
import type { StoreSignalRequest, VerifierContext } from '../../age-verifier.ts';
import { StoreSignalVerifier } from './store-signal-verifier.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const CONTEXT: VerifierContext = {
  world: { providerId: 'prv_1', mode: 'test' },
  now: NOW,
  realNow: NOW,
  signal: new AbortController().signal,
};
const verifier = new StoreSignalVerifier({ dayOf: (at) => new Date(at).toISOString().slice(0, 10) });

const google = (more: Partial<StoreSignalRequest> = {}): StoreSignalRequest => ({
  playerRef: 'ref',
  method: 'store_signal',
  source: 'google_play',
  declaredAt: '2026-03-01T02:00:00.000Z',
  ...more,
});
const apple = (more: Partial<StoreSignalRequest> = {}) => google({ source: 'apple', ...more });

describe('StoreSignalVerifier', () => {
  it.each([
    [
      'Google, 13 to 15',
      google({ userStatus: 'SUPERVISED', ageRange: { lower: 13, upper: 15 } }),
      '2013-03-01',
      '2010-03-02',
    ],
    [
      'Google, up to 12',
      google({ userStatus: 'SUPERVISED', ageRange: { lower: 0, upper: 12 } }),
      '2026-03-01',
      '2013-03-02',
    ],
    ['Google, verified adult', google({ userStatus: 'VERIFIED' }), '2008-03-01', null],
    [
      'Google, verified with bounds',
      google({ userStatus: 'VERIFIED', ageRange: { lower: 16, upper: 17 } }),
      '2010-03-01',
      '2008-03-02',
    ],
    ['Apple, 16 and 17', apple({ ageRange: { lower: 16, upper: 17 } }), '2010-03-01', '2008-03-02'],
    ['Apple, adult', apple({ ageRange: { lower: 18 } }), '2008-03-01', null],
    ['Apple, below the first gate', apple({ ageRange: { upper: 11 } }), '2026-03-01', '2014-03-02'],
  ])('%s: the youngest who fits', async (_name, request, birthDate, bornFrom) => {
    expect(await verifier.verify(request, CONTEXT)).toEqual({
      birthDate,
      bornFrom,
      phone: null,
      guardian: null,
      nationalId: null,
      assurance: 'declared',
    });
  });

  it('lets the date of the device loosen nothing', async () => {
    const at = (declaredAt: string) =>
      verifier.verify(apple({ ageRange: { lower: 16, upper: 17 }, declaredAt }), CONTEXT);
    expect(await at('2024-03-01T00:00:00Z')).toMatchObject({ birthDate: '2010-03-01', bornFrom: '2006-03-02' });
    expect(await at('2031-03-01T00:00:00Z')).toMatchObject({ birthDate: '2010-03-01', bornFrom: '2008-03-02' });
  });

  it.each([
    ['an unknown user', google({ userStatus: 'UNKNOWN' }), 'claim_missing'],
    ["Google's word from Apple", apple({ userStatus: 'VERIFIED' }), 'claim_missing'],
    ['no bounds', apple({ ageRange: {} }), 'claim_missing'],
    ['bounds the wrong way round', apple({ ageRange: { lower: 17, upper: 12 } }), 'claim_malformed'],
  ])('refuses %s', async (_name, request, code) => {
    await expect(verifier.verify(request, CONTEXT)).rejects.toMatchObject({ code });
  });
});
