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

/** One member per method. */
export type VerificationRequest = AttestedRequest;

/** A method of verification: it turns its request into a claim and judges nothing. */
export interface AgeVerifier<Request extends VerificationRequest = VerificationRequest> {
  readonly method: Request['method'];
  verify(world: World, request: Request, now: Instant): Promise<IdentityClaim>;
}
