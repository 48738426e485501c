// The provider's own server vouches for the player: it has seen the papers, and confirmed the phone number by code.
import type { AttestedRequest, DirectVerifier } from '../../age-verifier.ts';
import type { IdentityClaim } from '../../identity-claim.ts';
import { normalizeNationalId } from '../../normalize-national-id.ts';

export class AttestedVerifier implements DirectVerifier<AttestedRequest> {
  readonly kind = 'direct';
  readonly method = 'attested';

  async verify(request: AttestedRequest): Promise<IdentityClaim> {
    const phoneVerified = request.phoneVerified ?? false;
    return {
      birthDate: request.birthDate,
      phone: request.phone === undefined ? null : { number: request.phone, verified: phoneVerified },
      guardian: request.guardian ?? null,
      nationalId: request.nationalId === undefined ? null : normalizeNationalId(request.nationalId),
      // A birth date without a confirmed number is only what somebody typed in.
      assurance: request.phone !== undefined && phoneVerified ? 'attested' : 'declared',
    };
  }
}
