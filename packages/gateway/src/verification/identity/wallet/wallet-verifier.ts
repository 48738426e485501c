// An age credential in the player's wallet: the provider's client hands the request to a wallet by whatever way it has, and
// its server brings the presentation back. Nothing is asked of the issuer, who does not learn where it was shown.
import { type CalendarDate, formatInstant, type Instant } from '@playgate/policy';
import { randomText } from '../../../directory/random-text.ts';
import {
  type Begun,
  type CallbackParameters,
  type InteractiveVerifier,
  type VerifierContext,
  VerifierError,
  type WalletRequest,
} from '../../age-verifier.ts';
import type { IdentityClaim } from '../../identity-claim.ts';
import { PresentationError } from './presentation-error.ts';
import { readAge } from './read-age.ts';
import { readSubject } from './read-subject.ts';
import { type VerifiedCredential, verifyPresentation } from './verify-presentation.ts';
import type { WalletIssuers } from './wallet-issuers.ts';

/** 238 bits in base62. */
const NONCE_LENGTH = 40;
/** Time to find the wallet, unlock it and read what it asks. */
export const WALLET_PENDING_MS_MAX = 600_000;

export interface WalletVerifierOptions {
  readonly issuers: WalletIssuers;
  /** `aud` of every presentation: the public URL of this deployment. */
  readonly audience: string;
  /** Edges of the age bands, in years: what is asked for. */
  readonly agesAt: (at: Instant) => readonly number[];
  /** The calendar day by which ages are judged, in the zone of the default policy. */
  readonly dayOf: (at: Instant) => CalendarDate;
}

export class WalletVerifier implements InteractiveVerifier<WalletRequest> {
  readonly kind = 'interactive';
  readonly method = 'wallet';
  readonly pendingMsMax = WALLET_PENDING_MS_MAX;
  readonly #options: WalletVerifierOptions;

  constructor(options: WalletVerifierOptions) {
    this.#options = options;
  }

  async begin(_request: WalletRequest, _handle: string, { now, realNow }: VerifierContext): Promise<Begun> {
    const { agesAt, audience, issuers } = this.#options;
    if (issuers.types.length === 0) throw new VerifierError('request_refused', 'no issuer of wallets is trusted');
    const nonce = randomText(NONCE_LENGTH);
    const presentationRequest = {
      nonce,
      audience,
      vct: issuers.types,
      claims: agesAt(now).map((age) => `age_over_${age}`),
      expiresAt: formatInstant(realNow + WALLET_PENDING_MS_MAX),
    };
    return { redirectUrl: null, presentationRequest, secret: JSON.stringify({ nonce }), returnUrl: null };
  }

  async complete(secret: string, callback: CallbackParameters, context: VerifierContext): Promise<IdentityClaim> {
    const { nonce } = JSON.parse(secret) as { readonly nonce: string };
    const credential = await this.#verify(callback.presentation ?? '', nonce, context.realNow);
    const { now, realNow } = context;
    const { dayOf } = this.#options;
    // The clock of a sandbox may stand anywhere; a credential is as old there as it is in the world outside.
    const issuedAt = now - Math.max(0, realNow - credential.issuedAt);
    const age = readAge(credential.claims, { today: dayOf(now), issuedOn: dayOf(issuedAt) });
    const subject = await readSubject(credential);
    return { ...age, phone: null, guardian: null, nationalId: null, subject, assurance: 'wallet' };
  }

  async #verify(presentation: string, nonce: string, realNow: Instant): Promise<VerifiedCredential> {
    const { issuers, audience } = this.#options;
    try {
      return await verifyPresentation(presentation, { nonce, audience }, { issuers, realNow });
    } catch (error) {
      if (!(error instanceof PresentationError)) throw error;
      // Without the cause, which may quote the credential: what a method throws is logged.
      throw new VerifierError('proof_invalid', error.message);
    }
  }
}
