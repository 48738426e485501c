// What a phone's app store says of the age of its account's owner: a range, through the player's own device. It is a hint:
// nobody can check that the signal is genuine, nor that the owner of the account is who plays.
import type { CalendarDate, Instant } from '@playgate/policy';
import {
  type DirectVerifier,
  type StoreSignalRequest,
  type VerifierContext,
  VerifierError,
} from '../../age-verifier.ts';
import { type AgeRange, bornWithin } from '../../born-within.ts';
import type { IdentityClaim } from '../../identity-claim.ts';

/** Google's word for an owner known to be an adult; it comes without bounds. */
const GOOGLE_ADULT = { lower: 18 } as const;

export interface StoreSignalVerifierOptions {
  /** The calendar day by which ages are judged, in the zone of the default policy. */
  readonly dayOf: (at: Instant) => CalendarDate;
}

export class StoreSignalVerifier implements DirectVerifier<StoreSignalRequest> {
  readonly kind = 'direct';
  readonly method = 'store_signal';
  readonly #options: StoreSignalVerifierOptions;

  constructor(options: StoreSignalVerifierOptions) {
    this.#options = options;
  }

  async verify(request: StoreSignalRequest, { now }: VerifierContext): Promise<IdentityClaim> {
    const { dayOf } = this.#options;
    // The date comes from the device: it may make the player younger, never older, and it is not a day to come.
    const declaredAt = Math.min(Date.parse(request.declaredAt), now);
    const age = bornWithin(readRange(request), dayOf(now), dayOf(declaredAt));
    if (age === null) throw new VerifierError('claim_malformed', 'the bounds of the age contradict each other');
    return { ...age, phone: null, guardian: null, nationalId: null, assurance: 'declared' };
  }
}

/** Both stores count bounds in completed years and inclusive, and leave out the one they do not know. */
function readRange({ source, userStatus, ageRange }: StoreSignalRequest): AgeRange {
  const isAdult = source === 'google_play' && userStatus === 'VERIFIED' && ageRange === undefined;
  const { lower, upper } = isAdult ? { ...GOOGLE_ADULT, upper: undefined } : (ageRange ?? {});
  if (lower === undefined && upper === undefined) {
    throw new VerifierError('claim_missing', 'the store says no age');
  }
  return { fromAge: lower ?? 0, belowAge: upper === undefined ? null : upper + 1 };
}
