// What a security log is told of a request (OWASP ASVS 16.3): sign-ins of people, credentials that were refused, calls that
// were not allowed, limits that were hit. Each use of a good key is no such event; it is counted by the metrics of requests.
import type { ErrorCode, Operation } from '@playgate/contract';
import type { Request } from 'express';
import { type Actor, actorOf, personOf } from '../directory/actor.ts';
import type { StaffMark } from '../directory/staff-mark.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';
import type { Trail } from './audit-calls.ts';
import type { PersonPorts } from './authenticate-person.ts';
import { type LimitPorts, subjectOfAddress } from './limit-requests.ts';

export const SECURITY_EVENTS = [
  'signed_in',
  'signed_out',
  'sign_in_refused',
  /** A key, token or cookie that is not good, or not any more. */
  'credential_refused',
  /** By whom it was is known, and it may not. */
  'access_refused',
  'limit_hit',
] as const;
export type SecurityEventKind = (typeof SECURITY_EVENTS)[number];

export interface SecurityEvent {
  readonly event: SecurityEventKind;
  readonly operationId: string;
  readonly requestId: string;
  /** Null: nobody in particular, or nobody who could prove it. */
  readonly actor: Actor | (Pick<SignedIn, 'role'> & Pick<Actor, 'person'>) | null;
  /** Keyed hash of the caller's network: the same caller has the same one, and it names no address. */
  readonly from: string;
  /** Why it was refused; null: it was not. */
  readonly code: ErrorCode | null;
}

export interface SecurityPorts extends LimitPorts, Pick<PersonPorts, 'signIn'> {
  readonly onSecurityEvent: (event: SecurityEvent) => void;
  readonly staffMark: StaffMark;
}

export interface AnsweredCall {
  readonly operation: Operation;
  readonly trail: Trail;
  readonly requestId: string;
  readonly code: ErrorCode | null;
}

export function noteSecurity(call: AnsweredCall, request: Request, ports: SecurityPorts): void {
  const event = kindOf(call, request, ports);
  if (event === null) return;
  const { code, operation, requestId } = call;
  const from = subjectOfAddress(request, ports);
  ports.onSecurityEvent({
    event,
    operationId: operation.operationId,
    requestId,
    actor: actorOfCall(call, ports),
    from,
    code,
  });
}

function kindOf({ code, operation, trail }: AnsweredCall, request: Request, ports: SecurityPorts) {
  const { operationId } = operation;
  if (code === null) {
    if (trail.signedIn !== null) return 'signed_in';
    return operationId === 'endSignIn' && signsOut(trail) ? 'signed_out' : null;
  }
  if (code === 'rate_limited') return 'limit_hit';
  if (operationId === 'completeSignIn') return 'sign_in_refused';
  if (code === 'forbidden') return 'access_refused';
  return code === 'unauthenticated' && presentsSomething(request, ports) ? 'credential_refused' : null;
}

const signsOut = ({ principal }: Trail): boolean => principal !== null && personOf(principal) !== null;

/** A request without any credential is a mistake, or somebody who looks around; there is nothing that was tried. */
function presentsSomething({ headers }: Request, { signIn }: SecurityPorts): boolean {
  return headers.authorization !== undefined || (signIn?.sessionIdOf(headers.cookie) ?? null) !== null;
}

function actorOfCall({ trail }: AnsweredCall, { staffMark }: SecurityPorts): SecurityEvent['actor'] {
  if (trail.signedIn !== null) return { role: trail.signedIn.role, person: staffMark(trail.signedIn) };
  return trail.principal === null ? null : withoutSession(actorOf(trail.principal, staffMark));
}

/** A session is a player's: which of them hit a limit is nobody's business outside the ledger. */
function withoutSession(actor: Actor): Actor {
  return actor.role === 'session' || actor.role === 'guardian' ? { ...actor, id: null } : actor;
}
