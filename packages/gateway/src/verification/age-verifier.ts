// The port of the methods of verification. The host (verification-service.ts) owns ids, expiry, timeouts, retries and
// status; a method only translates between its source and an IdentityClaim. It judges nothing and keeps nothing.
import type { Instant } from '@playgate/policy';
import type { World } from '../directory/world.ts';
import type { Guardian, IdentityClaim } from './identity-claim.ts';

/** As on the wire, checked against the contract's schema before. */
export interface AttestedRequest {
  readonly playerRef: string;
  readonly method: 'attested';
  readonly birthDate: string;
  readonly phone?: string | undefined;
  readonly phoneVerified?: boolean | undefined;
  readonly nationalId?: string | undefined;
  readonly guardian?: Guardian | undefined;
}

export interface OidcRequest {
  readonly playerRef: string;
  readonly method: 'oidc';
  /** As the deployment configures it. */
  readonly issuer: string;
  /** Where the player's browser goes at the end. */
  readonly returnUrl: string;
}

export interface WalletRequest {
  readonly playerRef: string;
  readonly method: 'wallet';
}

/** Google Play Age Signals, Apple Declared Age Range; fields and words are theirs. */
export interface StoreSignalRequest {
  readonly playerRef: string;
  readonly method: 'store_signal';
  readonly source: 'google_play' | 'apple';
  /** Google: `userStatus`. */
  readonly userStatus?: string | undefined;
  /** Apple: `ageRangeDeclaration`. */
  readonly ageRangeDeclaration?: string | undefined;
  /** Google: `ageLower`, `ageUpper`; Apple: `lowerBound`, `upperBound`. Completed years, inclusive. */
  readonly ageRange?: { readonly lower?: number | undefined; readonly upper?: number | undefined } | undefined;
  /** RFC 3339: when the device was told. */
  readonly declaredAt: string;
}

/** One member per method. */
export type VerificationRequest = AttestedRequest | OidcRequest | WalletRequest | StoreSignalRequest;

export interface VerifierContext {
  readonly world: World;
  /** The time of the world: what ages and bands are judged by. */
  readonly now: Instant;
  /** Real time: what the tokens and credentials of a source are judged by, also in a sandbox. */
  readonly realNow: Instant;
  /** Aborted when the host has waited long enough; hand it to everything that waits. */
  readonly signal: AbortSignal;
}

/** The request says it all: request -> claim. */
export interface DirectVerifier<Request extends VerificationRequest = VerificationRequest> {
  readonly kind: 'direct';
  readonly method: Request['method'];
  /** Throws a VerifierError. */
  verify(request: Request, context: VerifierContext): Promise<IdentityClaim>;
}

/** What a wallet is asked to present, in the words of OpenID4VP and SD-JWT VC; as on the wire. */
export interface PresentationRequest {
  readonly nonce: string;
  readonly audience: string;
  /** Types of credentials, any one of which will do. */
  readonly vct: readonly string[];
  /** Claims to disclose as far as the credential has them; a birth date does instead. */
  readonly claims: readonly string[];
  readonly expiresAt: string;
}

/** What the player's client is sent to, and what the method needs when the answer comes. */
export interface Begun {
  /** A URL for the player, the identity provider's page; null: there is none. */
  readonly redirectUrl: string | null;
  /** For a wallet; absent: none is asked. */
  readonly presentationRequest?: PresentationRequest | undefined;
  /** Kept sealed by the host and given back to `complete`: nonce, code verifier, ... Opaque to the host. */
  readonly secret: string;
  /** Where a browser goes at the end, allowed by the method's configuration; null: nowhere. */
  readonly returnUrl: string | null;
}

/** Parameters of a callback by name: a query, or a form of a wallet. Not trusted. */
export type CallbackParameters = Readonly<Record<string, string>>;

/** The player must do something first: begin -> the player acts -> callback -> claim. */
export interface InteractiveVerifier<Request extends VerificationRequest = VerificationRequest> {
  readonly kind: 'interactive';
  readonly method: Request['method'];
  /** How long a begun verification may stay pending, in real time. */
  readonly pendingMsMax: number;
  /**
   * `handle` is made by the host, cannot be guessed and works once: put it where the callback brings it back (`state`).
   * Throws a VerifierError; `request_refused` and `source_unavailable` are the only codes that make sense here.
   */
  begin(request: Request, handle: string, context: VerifierContext): Promise<Begun>;
  /** Called at most once per begun verification (again only after `source_unavailable`). Throws a VerifierError. */
  complete(secret: string, callback: CallbackParameters, context: VerifierContext): Promise<IdentityClaim>;
}

// Methods of parameters are bivariant, so a verifier of one request stands in a list of verifiers of any.
export type AgeVerifier<Request extends VerificationRequest = VerificationRequest> =
  | DirectVerifier<Request>
  | InteractiveVerifier<Request>;

/** The literals are wire values (`reason`). */
export const VERIFIER_FAILURES = [
  /** The request asks for what is not configured or allowed: an unknown issuer, a foreign return URL. */
  'request_refused',
  /**
   * The source does not answer this server, or not in time, or with a fault of its own. The only one that is tried again.
   * Policies may let players in for it, so nothing that came by way of the player can say so.
   */
  'source_unavailable',
  /** The player said no, or the source did. */
  'declined',
  /** What came back does not prove anything: signature, nonce, issuer, audience, time. */
  'proof_invalid',
  /** It proves something, but says no age. */
  'claim_missing',
  /** It says an age that cannot be read. */
  'claim_malformed',
] as const;
export type VerifierFailure = (typeof VERIFIER_FAILURES)[number];

/** Why a method has no claim to give. The message may be logged: no personal data, no secrets, nothing from a callback. */
export class VerifierError extends Error {
  override readonly name = 'VerifierError';
  readonly code: VerifierFailure;

  constructor(code: VerifierFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
