// The short way of the one request that makes up nearly all load: a heartbeat with a session token that was verified before.
// It does what an operation does in bind-operation.ts, with the same parts, but without the application's router and parsers.
// Whatever is unusual about a request, and every fault, is the application's: it answers those of both ways alike.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { HEADERS, JSON_MEDIA_TYPE, OPERATIONS, type Operation } from '@playgate/contract';
import type { Express } from 'express';
import type { SessionPrincipal } from '../directory/principal.ts';
import { Fault } from '../fault.ts';
import { ANSWER_HEADERS, BROWSER_HEADERS } from './answer-headers.ts';
import type { BindPorts } from './bind-operation.ts';
import type { BoundHandler, Handlers } from './handler.ts';
import { limitOfOperation, type RequestLimit } from './limit-requests.ts';
import { readBodyOf } from './read-request.ts';
import { requestIdOf } from './request-id.ts';
import { JSON_WITH_CHARSET } from './send-reply.ts';
import { traceRequests } from './trace-request.ts';

const OPERATION_ID = 'recordHeartbeat';
const PATH_STARTS = '/v1/sessions/';
const PATH_ENDS = '/heartbeats';
const SCHEME = 'Bearer ';
/** A heartbeat with its receipt is below; what is longer is read by the application, which bounds it. */
const BODY_BYTES_MAX = 2_048;
/** A principal names its caller, so no address is asked for. */
const NO_ADDRESS = { ip: undefined };
const HEADERS_OF_ALL = Object.entries({
  ...ANSWER_HEADERS,
  ...BROWSER_HEADERS,
  'Content-Type': JSON_WITH_CHARSET,
}).flat();

export interface LaneOptions {
  readonly app: Express;
  readonly handlers: Handlers;
  readonly ports: BindPorts;
}

interface Lane {
  readonly operation: Operation;
  readonly handler: BoundHandler;
  readonly limit: RequestLimit;
  readonly ports: BindPorts;
}

export function heartbeatLane({ app, handlers, ports }: LaneOptions): RequestListener {
  const operation: Operation = OPERATIONS.find(({ operationId }) => operationId === OPERATION_ID)!;
  const handler = handlers[OPERATION_ID] as unknown as BoundHandler;
  const lane: Lane = { operation, handler, limit: limitOfOperation(operation, ports), ports };
  const serve = traceRequests(
    operation,
    (request: IncomingMessage, response: AnswerOfLane) => answer(lane, request, response),
    ports.tracing,
  );
  return (request, response) => {
    const principal = principalOf(request, ports);
    if (principal === null) return void app(request, response);
    const requestId = requestIdOf(request.headers['x-request-id']);
    const ours = response as AnswerOfLane;
    ours.locals = { requestId, principal };
    serve(request, ours).catch((fault: unknown) => {
      ours.locals = { requestId, principal, fault };
      app(request, response);
    });
  };
}

/** `locals` as the application has them, should it have to answer. */
type AnswerOfLane = ServerResponse & {
  locals: { readonly requestId: string; readonly principal: SessionPrincipal; readonly fault?: unknown };
};

/** Null: the request is not one for this way, or not plainly. */
function principalOf({ headers, method, url }: IncomingMessage, ports: BindPorts): SessionPrincipal | null {
  if (method !== 'POST' || url === undefined || !url.startsWith(PATH_STARTS) || !url.endsWith(PATH_ENDS)) return null;
  const length = Number(headers['content-length'] ?? 0);
  const isPlain = length > 0 && length <= BODY_BYTES_MAX && headers['content-type'] === JSON_MEDIA_TYPE;
  if (!isPlain || headers['content-encoding'] !== undefined || headers.expect !== undefined) return null;
  const { authorization } = headers;
  if (authorization?.startsWith(SCHEME) !== true) return null;
  const known = ports.sessionTokens.recall(authorization.slice(SCHEME.length));
  if (known === null || known.expiresAt <= ports.nowOf(known.claims.world)) return null;
  const sessionId = url.slice(PATH_STARTS.length, -PATH_ENDS.length);
  return sessionId === known.claims.sessionId ? { kind: 'session', ...known } : null;
}

async function answer({ handler, limit, operation, ports }: Lane, request: IncomingMessage, response: AnswerOfLane) {
  const startedAt = performance.now();
  const steps = ports.watchSteps(OPERATION_ID);
  const { principal, requestId } = response.locals;
  const limited = limit(principal, NO_ADDRESS, response);
  if (limited !== undefined) await limited;
  const body = readBodyOf(operation, await readJson(request));
  const { sessionId, world } = principal.claims;
  const context = { principal, now: ports.nowOf(world), requestId, purpose: null, cookieHeader: undefined };
  steps?.onAdmitted();
  const handled = handler({ params: { sessionId }, query: undefined, body }, context);
  steps?.onHandedOver();
  const reply = await handled;
  if ('raw' in reply) throw new TypeError(`${OPERATION_ID} answers with JSON`);
  const text = reply.json ?? JSON.stringify(reply.body);
  const length = Buffer.byteLength(text);
  response.writeHead(reply.status, [...HEADERS_OF_ALL, HEADERS.requestId, requestId, 'Content-Length', length]);
  // In ASCII both encodings have the same bytes, and this one need not look at them.
  response.end(text, length === text.length ? 'latin1' : 'utf8');
  ports.onAnswered(OPERATION_ID, reply.status, performance.now() - startedAt);
  steps?.onAnswered();
}

/** Of a request that says a small length, in as many pieces as it comes. Rejects with a Fault. */
function readJson(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let body: Buffer | null = null;
    request.on('data', (chunk: Buffer) => {
      body = body === null ? chunk : Buffer.concat([body, chunk]);
    });
    request.on('end', () => {
      try {
        resolve(JSON.parse(body?.toString() ?? ''));
      } catch {
        reject(new Fault('invalid_request', 'The body is not JSON.'));
      }
    });
    request.on('error', () => reject(new Fault('invalid_request', 'The request cannot be read.')));
  });
}
