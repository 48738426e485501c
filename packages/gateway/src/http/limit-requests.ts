// Holds every request to the quota of its operation, and tells how much of it is left
// (draft-ietf-httpapi-ratelimit-headers: RateLimit-Policy and RateLimit).
import type { ServerResponse } from 'node:http';
import { HEADERS, type Operation } from '@playgate/contract';
import type { Request } from 'express';
import type { Principal } from '../directory/principal.ts';
import { type Mark, networkOf, subjectOfPrincipal } from '../limits/limit-subjects.ts';
import { COUNTED_IN_PROCESS, type QuotaName, quotaOfOperation } from '../limits/quotas.ts';
import type { Spent } from '../limits/rate-limiter.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { secondsUntilReset, tooMany } from '../limits/too-many.ts';

export interface LimitPorts {
  readonly limits: RequestLimits;
  readonly mark: Mark;
}

/** Who calls; null: nobody in particular. Throws a Fault: `rate_limited`. */
export type RequestLimit = (
  principal: Principal | null,
  request: Pick<Request, 'ip'>,
  response: ServerResponse,
) => Promise<void> | void;

export function limitOfOperation(operation: Operation, ports: LimitPorts): RequestLimit {
  const byOperation = quotaOfOperation(operation);
  if (byOperation === null) return () => {};
  return (principal, request, response) => {
    // A server that closes a session is one caller with many of them.
    const name = byOperation === 'heartbeats' && principal?.kind !== 'session' ? 'requests' : byOperation;
    const subject = principal === null ? subjectOfAddress(request, ports) : subjectOfPrincipal(principal);
    const spent = ports.limits.spend(name, subject);
    return spent instanceof Promise
      ? spent.then((known) => conclude(name, known, ports, response))
      : conclude(name, spent, ports, response);
  };
}

export function subjectOfAddress({ ip }: Pick<Request, 'ip'>, { mark }: LimitPorts): string {
  return mark('address', networkOf(ip));
}

function conclude(name: QuotaName, spent: Spent, { limits }: LimitPorts, response: ServerResponse): void {
  const { requests } = spent;
  const { windowS } = limits.quotas[name];
  // Every heartbeat would carry them for nothing: they say something once half of the quota is gone.
  if (!COUNTED_IN_PROCESS.has(name) || spent.remaining * 2 < requests) {
    response.setHeader(HEADERS.rateLimitPolicy, `"${name}";q=${requests};w=${windowS}`);
    response.setHeader(HEADERS.rateLimit, `"${name}";r=${spent.remaining};t=${secondsUntilReset(spent)}`);
  }
  if (!spent.allowed) throw tooMany(spent);
}
