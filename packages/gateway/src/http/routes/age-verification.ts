import { formatInstant } from '@playgate/policy';
import type { Players } from '../../directory/directory.ts';
import { Fault } from '../../fault.ts';
import type { VerificationResult, VerificationService } from '../../verification/verification-service.ts';
import type { HandlersOf } from '../handler.ts';

export interface AgeVerificationPorts {
  readonly verifications: Pick<VerificationService, 'findVerification' | 'verifyAge'>;
  readonly players: Pick<Players, 'erase'>;
}

type AgeVerificationOperation = 'createAgeVerification' | 'erasePlayer' | 'getAgeVerification';

export function ageVerificationRoutes(ports: AgeVerificationPorts): HandlersOf<AgeVerificationOperation> {
  const { verifications, players } = ports;
  return {
    createAgeVerification: async ({ body }, { principal, now }) => {
      const result = await verifications.verifyAge(principal.world, body, now);
      return { status: 201, body: describe(result) };
    },
    getAgeVerification: async ({ params }, { principal, now }) => {
      const result = await verifications.findVerification(principal.world, params.verificationId, now);
      if (result === null) throw new Fault('not_found', 'There is no such verification.');
      return { status: 200, body: describe(result) };
    },
    erasePlayer: async ({ params }, { principal, now }) => {
      const isKnown = await players.erase(principal.world, params.playerId, now);
      if (!isKnown) throw new Fault('not_found', 'There is no such player.');
      return { status: 202, body: { playerId: params.playerId, acceptedAt: formatInstant(now) } };
    },
  };
}

function describe({ reason, ageTokenExpiresAt, ...result }: VerificationResult) {
  const { verificationId, playerId, outcome, ageBand, assurance, ageToken } = result;
  return {
    verificationId,
    playerId,
    outcome,
    ...(reason !== null && { reason }),
    ageBand,
    assurance,
    ageToken,
    ageTokenExpiresAt: ageTokenExpiresAt === null ? null : formatInstant(ageTokenExpiresAt),
  };
}
