import type { Principal } from '../directory/principal.ts';
import type { SignInSession } from './sign-in-sessions.ts';

/** A person acts as the key of the same role would, so permissions are one table; `person` tells them apart. */
export function principalOfSession({ grant, ...person }: SignInSession): Principal {
  const keyId = person.signInId;
  switch (grant.role) {
    case 'operator':
      return { kind: 'operator', person };
    case 'provider':
      return { kind: 'secret', keyId, world: { providerId: grant.subjectId, mode: grant.mode }, person };
    case 'agent':
      return { kind: 'agent', keyId, agentId: grant.subjectId, person };
    case 'regulator':
      return { kind: 'regulator', keyId, regulatorId: grant.subjectId, person };
  }
}
