// Authentication with a bound on failures per address. Who is beyond it is told 429 for what fails; a valid key still
// works, since a café or a studio has many callers behind one address. Only the operator's token, which a person may have
// made up, is not even compared.
import type { Request } from 'express';
import type { Principal } from '../directory/principal.ts';
import { Fault } from '../fault.ts';
import { tooMany } from '../limits/too-many.ts';
import { type AuthPorts, authenticate, isOperatorShaped } from './authenticate.ts';
import { authenticatePerson, type PersonPorts } from './authenticate-person.ts';
import { type LimitPorts, subjectOfAddress } from './limit-requests.ts';

const QUOTA = 'failed_authentications';

export interface CallerPorts extends AuthPorts, LimitPorts, PersonPorts {}

/**
 * A key or token, and without one the session cookie of a person.
 * Throws a Fault: `unauthenticated`, `rate_limited`; `forbidden` when another site acts with the cookie.
 */
export async function authenticateCaller(request: Request, ports: CallerPorts): Promise<Principal> {
  const { authorization } = request.headers;
  if (authorization !== undefined && isOperatorShaped(authorization)) await refuseGuessing(request, ports);
  const { cookie } = request.headers;
  const presentsNothing = authorization === undefined && (ports.signIn?.sessionIdOf(cookie) ?? null) === null;
  try {
    const person = authorization === undefined ? await authenticatePerson(request, ports) : null;
    return person ?? (await authenticate(authorization, ports));
  } catch (error) {
    if (presentsNothing || !(error instanceof Fault) || error.code !== 'unauthenticated') throw error;
    const spent = await ports.limits.spend(QUOTA, subjectOfAddress(request, ports));
    throw spent.allowed ? error : tooMany(spent);
  }
}

async function refuseGuessing(request: Request, ports: LimitPorts): Promise<void> {
  const subject = subjectOfAddress(request, ports);
  if (await ports.limits.isSpent(QUOTA, subject)) throw tooMany(await ports.limits.spend(QUOTA, subject));
}
