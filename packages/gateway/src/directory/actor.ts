import type { Principal } from './principal.ts';
import type { StaffMark } from './staff-mark.ts';

/** Who did something, as records that leave the database say it: ids and a pseudonym. */
export interface Actor {
  readonly role: Principal['kind'];
  /** Of the key, sign-in, session or link that was presented; null: the token of the operator. */
  readonly id: string | null;
  /** The mark of the person who signed in; null: a machine. */
  readonly person: string | null;
}

export function actorOf(principal: Principal, markOf: StaffMark): Actor {
  const person = personOf(principal);
  return { role: principal.kind, id: credentialIdOf(principal), person: person === null ? null : markOf(person) };
}

/** Null: no person signed in. */
export function personOf(principal: Principal) {
  return 'person' in principal && principal.person !== undefined ? principal.person : null;
}

function credentialIdOf(principal: Principal): string | null {
  switch (principal.kind) {
    case 'operator':
      return principal.person?.signInId ?? null;
    case 'session':
      return principal.claims.sessionId;
    case 'guardian':
      return principal.linkId;
    default:
      return principal.keyId;
  }
}
