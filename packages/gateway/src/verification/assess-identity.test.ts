import { createHash } from 'node:crypto';
import { loadPolicy, PACKS } from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import { type Applicant, assessIdentity, describePlayer } from './assess-identity.ts';

const policy = PACKS.map((pack) => loadPolicy(pack, (text) => createHash('sha256').update(text).digest('hex'))).find(
  ({ document }) => document.id === 'vn-147-2024',
)!.document;
/** 1 March 2026, 00:00 in Ho Chi Minh City. */
const MIDNIGHT = Date.UTC(2026, 1, 28, 17);
const PHONE = { number: '+84901234567', verified: true };

function identityOf(birthDate: string, more: Partial<Applicant> = {}): Applicant {
  return { birthDate, phone: PHONE, isGuarded: false, ...more };
}

describe('assessIdentity', () => {
  it.each([
    ['17 years', identityOf('2008-06-01'), 'verified', null, '16_17'],
    ['adult', identityOf('1990-06-01'), 'verified', null, 'adult'],
    ['15 years with guardian', identityOf('2010-06-01', { isGuarded: true }), 'verified', null, '12_15'],
    ['11 years with guardian', identityOf('2014-06-01', { isGuarded: true }), 'verified', null, 'under_12'],
    ['15 years without guardian', identityOf('2010-06-01'), 'guardian_required', 'guardian_missing', '12_15'],
    ['no phone', identityOf('1990-06-01', { phone: null }), 'phone_required', 'phone_missing', 'adult'],
    ['no phone, no guardian', identityOf('2010-06-01', { phone: null }), 'phone_required', 'phone_missing', '12_15'],
    [
      'phone not confirmed',
      identityOf('1990-06-01', { phone: { ...PHONE, verified: false } }),
      'phone_required',
      'phone_not_verified',
      'adult',
    ],
    [
      'phone of another country',
      identityOf('1990-06-01', { phone: { number: '+15551234567', verified: true } }),
      'phone_required',
      'phone_country',
      'adult',
    ],
    ['born tomorrow', identityOf('2026-03-02'), 'rejected', 'birth_date_in_the_future', null],
    ['131 years', identityOf('1895-02-28'), 'rejected', 'birth_date_too_long_ago', null],
  ] as const)('%s', (_name, identity, outcome, reason, ageBand) => {
    expect(assessIdentity(identity, policy, MIDNIGHT)).toEqual({ outcome, reason, ageBand });
  });

  it('drops the guardian at the sixteenth birthday, 00:00 in the zone of the policy', () => {
    const identity = identityOf('2010-03-01');
    expect(assessIdentity(identity, policy, MIDNIGHT - 1).outcome).toBe('guardian_required');
    expect(assessIdentity(identity, policy, MIDNIGHT).outcome).toBe('verified');
  });

  it('takes a child born today', () => {
    expect(assessIdentity(identityOf('2026-03-01'), policy, MIDNIGHT - 1).outcome).toBe('rejected');
    expect(assessIdentity(identityOf('2026-03-01'), policy, MIDNIGHT).outcome).toBe('guardian_required');
  });
});

describe('describePlayer', () => {
  it('tells the next change of band and no birth date', () => {
    expect(describePlayer(identityOf('2010-03-01'), policy, MIDNIGHT - 1)).toEqual({
      facts: { ageBand: '12_15', verified: true, verifiedPhoneCountry: '+84', hasGuardian: false },
      bandChangesAt: MIDNIGHT,
      assurance: 'attested',
      methods: ['attested'],
    });
    expect(describePlayer(identityOf('1990-03-01', { phone: null }), policy, MIDNIGHT)).toEqual({
      facts: { ageBand: 'adult', verified: true, verifiedPhoneCountry: null, hasGuardian: false },
      bandChangesAt: null,
      assurance: 'declared',
      methods: ['attested'],
    });
  });
});
