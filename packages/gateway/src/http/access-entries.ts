// The entry of a regulator's call in the access log: begun before anything is read, and told the outcome before the answer goes
// out. A call that is refused before anything is read has the outcome alone. What a sign-in tells of itself is no reading of
// the record, and has no entry. Nor has a call beyond a rate limit, for writing it would be the load that the limit keeps away:
// the security log tells of those.
import { ERRORS, type Operation } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Request } from 'express';
import type { AccessLog } from '../compliance/access-log.ts';
import type { Principal } from '../directory/principal.ts';
import type { Fault } from '../fault.ts';
import { idsOf, type Trail } from './audit-calls.ts';
import { faultOf } from './problem.ts';
import { readPurpose } from './read-purpose.ts';

export interface EntryOfCall {
  readonly operation: Operation;
  readonly trail: Trail;
  readonly request: Request;
  readonly requestId: string;
  readonly accessLog: AccessLog;
}

/** Undefined: it needs none. The promise rejects where it cannot be kept: then the call is not answered. */
export function beginEntry(entry: EntryOfCall, purpose: string | null, at: Instant): Promise<void> | undefined {
  const { operation, trail } = entry;
  if (operation.purpose !== true || trail.principal?.kind !== 'regulator' || purpose === null) return undefined;
  return note(entry, trail.principal, { purpose, at, status: null }).then((callNo) => {
    trail.callNo = callNo;
  });
}

/** Undefined: there is no entry to settle. */
export function settleEntry({ accessLog, trail }: EntryOfCall, status: number): Promise<void> | undefined {
  return trail.callNo === null ? undefined : accessLog.settle(trail.callNo, status);
}

/** Keeps the refusal of whatever a regulator asked. The fault to tell: another one where it cannot be kept. */
export async function settleRefusal(fault: Fault, entry: EntryOfCall, at: Instant): Promise<Fault> {
  const { request, trail } = entry;
  const { callNo, principal } = trail;
  if (principal?.kind !== 'regulator' || fault.code === 'rate_limited') return fault;
  const { status } = ERRORS[fault.code];
  try {
    if (callNo !== null) await entry.accessLog.settle(callNo, status);
    else await note(entry, principal, { purpose: saidPurpose(request, principal), at, status });
    return fault;
  } catch (error) {
    return faultOf(error);
  }
}

interface Outcome {
  readonly purpose: string;
  readonly at: Instant;
  readonly status: number | null;
}

function note(
  { accessLog, operation, request, requestId, trail }: EntryOfCall,
  principal: Extract<Principal, { kind: 'regulator' }>,
  outcome: Outcome,
): Promise<number> {
  // What was not checked could hold anything, a name too.
  const query = trail.isChecked ? (request.originalUrl.split('?', 2)[1] ?? '') : '';
  const { operationId } = operation;
  return accessLog.note({
    principal,
    operationId,
    query,
    requestId,
    input: { params: idsOf(trail.params) },
    ...outcome,
  });
}

/** Empty: none, or one that is no purpose. */
function saidPurpose(request: Request, principal: Principal): string {
  try {
    return readPurpose(request, principal, false) ?? '';
  } catch {
    return '';
  }
}
