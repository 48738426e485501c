import { expect, it } from 'vitest';
import type { AttestedRequest } from '../src/verification/age-verifier.ts';
import { AttestedVerifier } from '../src/verification/identity/attested/attested-verifier.ts';
import { describeVerifierConformance } from './age-verifier-conformance.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const REQUEST = {
  playerRef: 'anna',
  method: 'attested',
  birthDate: '2009-05-17',
  phone: '+84901234567',
  phoneVerified: true,
  nationalId: 'b 079-309.000001',
} as const satisfies AttestedRequest;

describeVerifierConformance('attested', async () => ({
  verifier: new AttestedVerifier(),
  request: REQUEST,
  claim: { birthDate: '2009-05-17', nationalId: 'B079309000001', assurance: 'attested' },
  context: { world: { providerId: 'prv_a', mode: 'test' }, now: NOW, realNow: NOW },
}));

it.each([
  ['a confirmed number', {}, 'attested'],
  ['a number that is not confirmed', { phoneVerified: false }, 'declared'],
  ['a number of which nothing is said', { phoneVerified: undefined }, 'declared'],
  ['no number', { phone: undefined }, 'declared'],
] as const)('rates %s', async (_, more, assurance) => {
  expect(await new AttestedVerifier().verify({ ...REQUEST, ...more })).toMatchObject({ assurance });
});
