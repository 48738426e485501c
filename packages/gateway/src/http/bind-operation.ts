// One operation of the registry as an Express handler: who calls -> what is asked -> do -> answer. The order is fixed here:
// nothing of a body is read before its sender may use the operation, and nothing is done before all of it was checked.
import { HEADERS, JSON_MEDIA_TYPE, type Operation } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Request, Response } from 'express';
import type { StoredResponse } from '../directory/idempotency.ts';
import type { Principal } from '../directory/principal.ts';
import { Fault } from '../fault.ts';
import { worldOf } from './authenticate.ts';
import { authenticateCaller, type CallerPorts } from './authenticate-caller.ts';
import type { BoundHandler } from './handler.ts';
import { limitOfOperation, type RequestLimit } from './limit-requests.ts';
import { faultOf, sendProblem } from './problem.ts';
import { type ParsedRequest, readRequest } from './read-request.ts';
import { type OncePorts, runOnce } from './run-once.ts';

export interface BindPorts extends CallerPorts, OncePorts {
  /** Of every answer, once it is given; `durationMs` from the first look at the request. */
  readonly onAnswered: (operationId: string, status: number, durationMs: number) => void;
  /** Of faults that are not the caller's. */
  readonly onBroken: (fault: Fault, operationId: string, requestId: string) => void;
}

const JSON_WITH_CHARSET = `${JSON_MEDIA_TYPE}; charset=utf-8`;

export function bindOperation(operation: Operation, handler: BoundHandler, ports: BindPorts) {
  const limit = limitOfOperation(operation, ports);
  return async (request: Request, response: Response): Promise<void> => {
    const startedAt = performance.now();
    try {
      await answer({ operation, handler, limit, ports }, request, response);
    } catch (error) {
      const fault = faultOf(error);
      if (fault.code === 'internal') ports.onBroken(fault, operation.operationId, response.locals.requestId as string);
      sendProblem(response, fault);
    }
    ports.onAnswered(operation.operationId, response.statusCode, performance.now() - startedAt);
  };
}

interface Bound {
  readonly operation: Operation;
  readonly handler: BoundHandler;
  readonly limit: RequestLimit;
  readonly ports: BindPorts;
}

async function answer(
  { operation, handler, limit, ports }: Bound,
  request: Request,
  response: Response,
): Promise<void> {
  const principal = operation.auth.includes('none') ? null : await admit(operation, request, ports);
  const limited = limit(principal, request, response);
  if (limited !== undefined) await limited;
  const world = principal === null ? null : worldOf(principal);
  const now: Instant = world === null ? ports.realNow() : ports.nowOf(world);
  const input = await readRequest(operation, request, response);
  if (principal?.kind === 'session') assertOwnSession(principal, input);
  if (principal?.kind === 'guardian') assertOwnChild(principal, input);
  const execute = async (): Promise<StoredResponse> => {
    const requestId = response.locals.requestId as string;
    const reply = await handler(input, { principal, now, requestId, cookieHeader: request.headers.cookie });
    // Beside what is kept for replay: a cookie is for this browser, now.
    if (reply.cookies !== undefined) response.setHeader('Set-Cookie', [...reply.cookies]);
    return render(operation, reply);
  };
  allowToKeep(operation, response);
  const header = operation.idempotent ? request.get(HEADERS.idempotencyKey) : undefined;
  if (header === undefined || principal === null) {
    send(response, await execute());
    return;
  }
  const outcome = await runOnce({ operation, principal, header, input }, ports, execute);
  if (outcome.replayed) response.setHeader(HEADERS.idempotentReplayed, 'true');
  send(response, outcome.response);
}

async function admit(operation: Operation, request: Request, ports: BindPorts): Promise<Principal> {
  const principal = await authenticateCaller(request, ports);
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

function render(operation: Operation, reply: { readonly status: number; readonly body: unknown }): StoredResponse {
  const { status, body } = reply;
  if (body === null) return { status, headers: {}, body: '' };
  const { isLocation, mediaType } = operation.responses[status] ?? {};
  if (isLocation === true) return { status, headers: { [HEADERS.location]: String(body) }, body: '' };
  if (mediaType === undefined)
    return { status, headers: { 'Content-Type': JSON_WITH_CHARSET }, body: JSON.stringify(body) };
  return { status, headers: { 'Content-Type': `${mediaType}; charset=utf-8` }, body: String(body) };
}

function allowToKeep({ cacheMaxAgeS }: Operation, response: Response): void {
  if (cacheMaxAgeS !== undefined) response.setHeader('Cache-Control', `public, max-age=${cacheMaxAgeS}`);
}

function send(response: Response, { status, headers, body }: StoredResponse): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
