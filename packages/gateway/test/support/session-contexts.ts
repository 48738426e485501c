import type { SessionContext } from '../../src/sessions/session-context.ts';

/** Of a verified teenager in Vietnam for whom no exception is made. */
export const TEENAGER: SessionContext = {
  policyId: 'vn-147-2024',
  policyVersion: 1,
  ageBand: '16_17',
  isVerified: true,
  verifiedPhoneCountry: '+84',
  hasGuardian: false,
  rating: '12+',
  agentHours: null,
  guardianRules: null,
  isHumanKnown: false,
  adjustment: null,
  assurance: 'attested',
  protocol: 'client',
};
