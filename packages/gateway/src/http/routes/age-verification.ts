import { formatInstant } from '@playgate/policy';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../fault.ts';
import { VerifierError } from '../../verification/age-verifier.ts';
import type { VerificationResult, VerificationService } from '../../verification/verification-service.ts';
import type { HandlersOf } from '../handler.ts';

export interface AgeVerificationPorts {
  readonly verifications: Pick<
    VerificationService,
    'completeVerification' | 'findVerification' | 'completePresentation' | 'verifyAge'
  >;
  /** Verifications that wait for their player expire in real time. */
  readonly clock: Clock;
}

type AgeVerificationOperation =
  | 'completeOidcLogin'
  | 'createAgeVerification'
  | 'getAgeVerification'
  | 'completePresentation';

export function ageVerificationRoutes(ports: AgeVerificationPorts): HandlersOf<AgeVerificationOperation> {
  const { clock, verifications } = ports;
  return {
    createAgeVerification: async ({ body }, { principal, now }) => {
      const result = await verifications.verifyAge(principal.world, body, now, clock.now()).catch(throwFault);
      return { status: 201, body: describe(result) };
    },
    getAgeVerification: async ({ params }, { principal, now }) => {
      const result = await verifications.findVerification(principal.world, params.verificationId, now, clock.now());
      if (result === null) throw new Fault('not_found', 'There is no such verification.');
      return { status: 200, body: describe(result) };
    },
    completePresentation: async ({ params, body }, { principal, now }) => {
      const presented = { verificationId: params.verificationId, method: 'wallet', parameters: body };
      const presentation = await verifications.completePresentation(principal.world, presented, now, clock.now());
      if (presentation === null) throw new Fault('not_found', 'There is no such verification.');
      if (!presentation.isTaken) throw new Fault('conflict', 'This verification does not wait for a presentation.');
      return { status: 200, body: describe(presentation.result) };
    },
    completeOidcLogin: async ({ query }, { now }) => {
      const callback = { method: 'oidc', handle: query.state, parameters: withoutGaps(query) };
      const completed = await verifications.completeVerification(callback, now);
      if (completed === null || completed.returnUrl === null) {
        throw new Fault('unprocessable', 'This sign-in is not under way, or not any more. Start again in the game.');
      }
      const location = new URL(completed.returnUrl);
      location.searchParams.set('verificationId', completed.verificationId);
      return { status: 303, body: location.href };
    },
  };
}

/** Throws what a method of verification could not do in the words of the contract. */
function throwFault(error: unknown): never {
  if (!(error instanceof VerifierError)) throw error;
  const code = error.code === 'source_unavailable' ? 'identity_source_unavailable' : 'unprocessable';
  throw new Fault(code, `The verification cannot begin: ${error.message}.`, [], { cause: error });
}

function withoutGaps(query: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function describe({
  reason,
  ageTokenExpiresAt,
  expiresAt,
  nextMethods,
  redirectUrl,
  request,
  ...result
}: VerificationResult) {
  const { verificationId, playerId, status, outcome, ageBand, assurance, ageToken } = result;
  return {
    verificationId,
    playerId,
    status,
    outcome,
    ...(reason !== null && { reason }),
    ageBand,
    assurance,
    ageToken,
    ageTokenExpiresAt: ageTokenExpiresAt === null ? null : formatInstant(ageTokenExpiresAt),
    ...(redirectUrl !== null && { redirectUrl }),
    ...(request !== null && { request }),
    ...(expiresAt !== null && { expiresAt: formatInstant(expiresAt) }),
    ...(nextMethods.length > 0 && { nextMethods }),
  };
}
