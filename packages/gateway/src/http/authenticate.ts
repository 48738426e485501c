// Who calls: the shape of the credential says which port is asked.
import type { Instant } from '@playgate/policy';
import type { Keys } from '../directory/directory.ts';
import type { OperatorToken } from '../directory/operator-token.ts';
import type { Principal } from '../directory/principal.ts';
import type { GuardianTokens, SessionTokens } from '../directory/tokens.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import type { GuardianService } from '../guardians/guardian-service.ts';

const API_KEY_PREFIX = /^[ps]k_|^[ar]k_/;
const JWT = /^[^.]+\.[^.]+\.[^.]+$/;
const BEARER = /^bearer +(\S+)$/i;

export interface AuthPorts {
  readonly operatorToken: OperatorToken;
  readonly keys: Pick<Keys, 'authenticate'>;
  readonly sessionTokens: Pick<SessionTokens, 'recall' | 'verify'>;
  readonly guardianTokens: Pick<GuardianTokens, 'verify'>;
  readonly guardians: Pick<GuardianService, 'findLinkGuardian'>;
  readonly nowOf: (world: World) => Instant;
}

/** Throws an `unauthenticated` Fault; what exactly is wrong with a credential is nobody's business. */
export async function authenticate(authorization: string | undefined, ports: AuthPorts): Promise<Principal> {
  const credential = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  if (credential === undefined) {
    throw new Fault('unauthenticated', 'The request needs an Authorization header with a bearer key or token.');
  }
  const principal = await identify(credential, ports);
  if (principal === null) throw new Fault('unauthenticated', 'The key or token is not valid, or not any more.');
  return principal;
}

async function identify(credential: string, ports: AuthPorts): Promise<Principal | null> {
  if (API_KEY_PREFIX.test(credential)) return ports.keys.authenticate(credential);
  if (!JWT.test(credential)) return ports.operatorToken.authenticate(credential);
  const verified = await ports.sessionTokens.verify(credential);
  if (verified === null) return identifyGuardian(credential, ports);
  if (verified.expiresAt <= ports.nowOf(verified.claims.world)) return null;
  return { kind: 'session', claims: verified.claims, expiresAt: verified.expiresAt };
}

/** The directory is asked each time, so a revoked link is refused at once everywhere. */
async function identifyGuardian(credential: string, ports: AuthPorts): Promise<Principal | null> {
  const verified = await ports.guardianTokens.verify(credential);
  if (verified === null) return null;
  const { linkId, playerId, world } = verified.claims;
  const now = ports.nowOf(world);
  if (verified.expiresAt <= now) return null;
  const guardianId = await ports.guardians.findLinkGuardian({ playerId, world }, linkId, now);
  return guardianId === null ? null : { kind: 'guardian', guardianId, linkId, playerId, world };
}

/** Whether an Authorization header holds what would be compared with the operator's token. */
export function isOperatorShaped(authorization: string): boolean {
  const credential = BEARER.exec(authorization)?.[1];
  return credential !== undefined && !API_KEY_PREFIX.test(credential) && !JWT.test(credential);
}

/** The tenant of a caller, or null for those that stand above tenants. */
export function worldOf(principal: Principal): World | null {
  if ('world' in principal) return principal.world;
  return principal.kind === 'session' ? principal.claims.world : null;
}
