// The Express application: the registry's operations, the pages, and an answer for everything else.
import { HEADERS, METHODS_BY_PATH, OPERATIONS, type Operation } from '@playgate/contract';
import cors from 'cors';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { Fault } from '../fault.ts';
import { ANSWER_HEADERS, BROWSER_HEADERS, setHeaders } from './answer-headers.ts';
import { type BindPorts, bindOperation } from './bind-operation.ts';
import { mountDocs } from './docs-page.ts';
import type { BoundHandler, Handlers } from './handler.ts';
import { pageHeaders } from './page-headers.ts';
import { faultOf, sendProblem } from './problem.ts';
import { requestIdOf } from './request-id.ts';

export interface AppOptions {
  readonly handlers: Handlers;
  readonly ports: BindPorts;
  /** Proxies in front whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: number;
  /** Pages that are no operations, mounted before the answer for unknown paths. */
  readonly mountPages?: (app: Express) => void;
}

const PREFLIGHT_KEPT_S = 86_400;
export function createApp({ handlers, ports, trustedProxies, mountPages }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').set('query parser', 'simple');
  app.set('trust proxy', trustedProxies);
  app.use(prepareAnswer);
  for (const operation of inOrderOfUse()) bind(app, operation, handlers, ports);
  for (const [path, methods] of METHODS_BY_PATH) answerOtherMethods(app, path, methods);
  mountDocs(app);
  mountPages?.(app);
  app.use((_request, _response) => {
    throw new Fault('not_found', 'Nothing is served at this path.');
  });
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const fault = faultOf(error);
    if (fault.code === 'internal') ports.onBroken(fault, 'none', response.locals.requestId as string);
    sendProblem(response, fault);
  });
  return app;
}

function prepareAnswer(request: Request, response: Response, next: NextFunction): void {
  // A request that comes from the short way of heartbeats has one.
  const requestId = (response.locals.requestId as string | undefined) ?? requestIdOf(request.headers['x-request-id']);
  response.locals.requestId = requestId;
  response.setHeader(HEADERS.requestId, requestId);
  setHeaders(response, ANSWER_HEADERS);
  next();
}

/** The router looks at one path after the other: sessions, the bulk of all requests, come first. */
function inOrderOfUse(): readonly Operation[] {
  const weight = ({ operationId, tag }: Operation) =>
    operationId === 'recordHeartbeat' ? 0 : tag === 'Sessions' ? 1 : 2;
  return [...OPERATIONS].sort((left, right) => weight(left) - weight(right));
}

function bind(app: Express, operation: Operation, handlers: Handlers, ports: BindPorts): void {
  // The schemas that give a handler its types are those that stand before it here.
  const handler = handlers[operation.operationId as keyof Handlers] as unknown as BoundHandler;
  const run = bindOperation(operation, handler, ports);
  const method = operation.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
  const path = expressPath(operation.path);
  if (operation.browser) app[method](path, allowAnyOrigin, run);
  else if (operation.responses[200]?.mediaType === 'text/html') app[method](path, pageHeaders, run);
  else app[method](path, run);
}

function allowAnyOrigin(_request: Request, response: Response, next: NextFunction): void {
  setHeaders(response, BROWSER_HEADERS);
  next();
}

function answerOtherMethods(app: Express, path: string, methods: readonly string[]): void {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  const browserMethods = OPERATIONS.filter((operation) => operation.path === path && operation.browser);
  app.all(expressPath(path), (request, response, next) => {
    response.setHeader('Allow', allow);
    if (request.method !== 'OPTIONS') throw new Fault('method_not_allowed', `This path answers to: ${allow}.`);
    if (browserMethods.length === 0) return void response.status(204).end();
    preflight(browserMethods.map(({ method }) => method))(request, response, next);
  });
}

function preflight(methods: readonly string[]) {
  return cors({
    origin: '*',
    methods: [...methods],
    allowedHeaders: [HEADERS.authorization, 'Content-Type', HEADERS.idempotencyKey, HEADERS.requestId],
    maxAge: PREFLIGHT_KEPT_S,
  });
}

/** `/v1/sessions/{sessionId}` as Express writes it. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
