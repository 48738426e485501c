// One operation of the registry as an Express handler: who calls -> what is asked -> do -> answer. The order is fixed here:
// nothing of a body is read before its sender may use the operation, and nothing is done before all of it was checked.
import { type ErrorCode, HEADERS, type Operation } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Request, Response } from 'express';
import type { AccessLog } from '../compliance/access-log.ts';
import type { Principal } from '../directory/principal.ts';
import { Fault } from '../fault.ts';
import type { LoadLevel } from '../load/load-level.ts';
import { overloaded, refusedFrom } from '../load/relief.ts';
import { beginEntry, type EntryOfCall, settleEntry, settleRefusal } from './access-entries.ts';
import { type AuditPorts, auditCall, newTrail, type Trail } from './audit-calls.ts';
import { worldOf } from './authenticate.ts';
import { authenticateCaller, type CallerPorts } from './authenticate-caller.ts';
import { unlessKnown } from './entity-tag.ts';
import type { BoundHandler } from './handler.ts';
import { limitOfOperation, type RequestLimit } from './limit-requests.ts';
import { faultOf, sendProblem } from './problem.ts';
import { readPurpose } from './read-purpose.ts';
import { type ParsedRequest, readRequest } from './read-request.ts';
import { type OncePorts, runOnce } from './run-once.ts';
import { noteSecurity, type SecurityPorts } from './security-events.ts';
import { render, send, sendRaw } from './send-reply.ts';
import { type RequestTracing, traceRequests } from './trace-request.ts';

/** Told how far a heartbeat is; it changes nothing. */
export interface CallSteps {
  /** Checked; the sessions are called in this turn. */
  onAdmitted(): void;
  onHandedOver(): void;
  onAnswered(): void;
}

export interface BindPorts extends AuditPorts, CallerPorts, OncePorts, SecurityPorts {
  /** Null: the steps of this call are not watched. */
  readonly watchSteps: (operationId: string) => CallSteps | null;
  readonly tracing: RequestTracing;
  /** Of every answer, once it is given; `durationMs` from the first look at the request. */
  readonly onAnswered: (operationId: string, status: number, durationMs: number) => void;
  /** Of faults that are not the caller's. */
  readonly onBroken: (fault: Fault, operationId: string, requestId: string) => void;
  readonly accessLog: AccessLog;
  /** How much more work there is than can be done: some operations are refused then (relief.ts). */
  readonly loadLevel: () => LoadLevel;
}

export function bindOperation(operation: Operation, handler: BoundHandler, ports: BindPorts) {
  const limit = limitOfOperation(operation, ports);
  const refusedAt = refusedFrom(operation);
  const serve = async (request: Request, response: Response): Promise<void> => {
    const startedAt = performance.now();
    const steps = ports.watchSteps(operation.operationId);
    const trail = newTrail();
    let code: ErrorCode | null = null;
    let isTold = false;
    const onAnswered = () => {
      if (!isTold) ports.onAnswered(operation.operationId, response.statusCode, performance.now() - startedAt);
      isTold = true;
    };
    try {
      const { fault, principal } = response.locals as Passed;
      trail.principal = principal ?? null;
      if (fault !== undefined) throw fault;
      if (refusedAt !== null && ports.loadLevel() >= refusedAt) throw overloaded();
      await answer({ operation, handler, limit, ports, steps, trail, onBegun: onAnswered }, request, response);
    } catch (error) {
      const entry = entryOf({ operation, trail, ports }, request, response);
      const fault = response.headersSent ? faultOf(error) : await settleRefusal(faultOf(error), entry, ports.realNow());
      code = fault.code;
      if (fault.code === 'internal') ports.onBroken(fault, operation.operationId, response.locals.requestId as string);
      // A body that broke off half-way has no other way to say so.
      if (response.headersSent) response.destroy();
      else sendProblem(response, fault);
    }
    const requestId = response.locals.requestId as string;
    auditCall(operation, trail, { requestId, status: response.statusCode, code }, ports);
    noteSecurity({ operation, trail, requestId, code }, request, ports);
    onAnswered();
    steps?.onAnswered();
  };
  return traceRequests(operation, serve, ports.tracing);
}

/** What a request brings that was begun elsewhere (heartbeat-lane.ts) and ended in a fault. */
interface Passed {
  readonly fault?: unknown;
  readonly principal?: Principal;
}

interface Bound {
  readonly operation: Operation;
  readonly handler: BoundHandler;
  readonly limit: RequestLimit;
  readonly ports: BindPorts;
  readonly steps: CallSteps | null;
  readonly trail: Trail;
  /** Called when an answer without an end has begun. */
  readonly onBegun: () => void;
}

async function answer(
  { operation, handler, limit, onBegun, ports, steps, trail }: Bound,
  request: Request,
  response: Response,
): Promise<void> {
  const principal = operation.auth.includes('none') ? null : await admit(operation, request, ports, trail);
  const limited = limit(principal, request, response);
  if (limited !== undefined) await limited;
  const world = principal === null ? null : worldOf(principal);
  const now: Instant = world === null ? ports.realNow() : ports.nowOf(world);
  const input = await readRequest(operation, request, response);
  trail.params = input.params;
  trail.isChecked = true;
  if (principal?.kind === 'session') assertOwnSession(principal, input);
  if (principal?.kind === 'guardian') assertOwnChild(principal, input);
  const requestId = response.locals.requestId as string;
  const purpose = readPurpose(request, principal, operation.purpose === true);
  const entry = entryOf({ operation, trail, ports }, request, response);
  const handle = async () => {
    steps?.onAdmitted();
    const handled = handler(input, { principal, now, requestId, purpose, cookieHeader: request.headers.cookie });
    steps?.onHandedOver();
    const reply = await handled;
    const settled = settleEntry(entry, reply.status);
    if (settled !== undefined) await settled;
    trail.signedIn = reply.signedIn ?? null;
    // Beside what is kept for replay: a cookie is for this browser, now.
    if (reply.cookies !== undefined) response.setHeader('Set-Cookie', [...reply.cookies]);
    for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
    return reply;
  };
  const begun = beginEntry(entry, purpose, now);
  if (begun !== undefined) await begun;
  allowToKeep(operation, response);
  const header = operation.idempotent ? request.get(HEADERS.idempotencyKey) : undefined;
  if (header === undefined || principal === null) {
    const reply = await handle();
    if ('raw' in reply) {
      if (reply.raw.isEndless === true) onBegun();
      return sendRaw(response, reply);
    }
    trail.reply = unlessKnown(request, response, render(operation, reply));
    send(response, trail.reply);
    return;
  }
  const execute = async () => {
    const reply = await handle();
    if ('raw' in reply) throw new TypeError(`${operation.operationId} cannot be replayed`);
    return render(operation, reply);
  };
  const outcome = await runOnce({ operation, principal, header, input }, ports, execute);
  trail.reply = outcome.response;
  trail.replayed = outcome.replayed;
  if (outcome.replayed) response.setHeader(HEADERS.idempotentReplayed, 'true');
  send(response, outcome.response);
}

async function admit(operation: Operation, request: Request, ports: BindPorts, trail: Trail): Promise<Principal> {
  const principal = await authenticateCaller(request, ports);
  trail.principal = principal;
  if (operation.auth.includes(principal.kind)) return principal;
  throw new Fault('forbidden', `This operation is for: ${operation.auth.join(', ')}.`);
}

/** A session token speaks for its own session; every other one does not exist for it. */
function assertOwnSession({ claims }: Extract<Principal, { kind: 'session' }>, { params }: ParsedRequest): void {
  const { sessionId } = params as { readonly sessionId?: string };
  if (sessionId !== claims.sessionId) throw new Fault('not_found', 'There is no such session.');
}

/** A guardian's link speaks for one child; every other player does not exist for it. */
function assertOwnChild({ playerId }: Extract<Principal, { kind: 'guardian' }>, { params }: ParsedRequest): void {
  const asked = params as { readonly playerId?: string };
  if (asked.playerId !== playerId) throw new Fault('not_found', 'There is no such player.');
}

function allowToKeep({ cacheMaxAgeS }: Operation, response: Response): void {
  if (cacheMaxAgeS !== undefined) response.setHeader('Cache-Control', `public, max-age=${cacheMaxAgeS}`);
}

function entryOf(
  { operation, ports, trail }: Pick<Bound, 'operation' | 'ports' | 'trail'>,
  request: Request,
  response: Response,
): EntryOfCall {
  const requestId = response.locals.requestId as string;
  return { operation, trail, request, requestId, accessLog: ports.accessLog };
}
