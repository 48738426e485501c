// Speaks the contract over a real socket, just enough to test transport and loop; the books are model-gateway.ts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloseSessionRequest, HeartbeatRequest, SessionDenied } from '@playgate/contract/wire';
import type { FakeHost } from './fake-host.ts';
import { ModelGateway, type ModelRules, RULES } from './model-gateway.ts';

export type Trouble = 'busy' | 'hang' | 'reset' | 'unknown' | 'proxy_404' | 'not_json';

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export const DENIAL: SessionDenied = {
  verdict: 'denied',
  reason: 'daily_budget_spent',
  bindingRule: { id: 'vn.game.day', scope: 'game', limitMs: 3_600_000 },
  nextAllowedAt: '2026-11-20T17:00:00.000Z',
  conflicts: [],
  message: { vi: 'Hôm nay bạn đã chơi đủ', en: 'You have played enough today' },
  serverAt: '2026-11-20T12:00:00.000Z',
  source: 'live',
};

export class FakeGateway implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly sessions: ModelGateway[] = [];
  rules: ModelRules = RULES;
  denial: SessionDenied | null = null;
  /** What befalls the next requests, one each. */
  troubles: Trouble[] = [];
  readonly #host: FakeHost;
  readonly #server: Server;

  private constructor(host: FakeHost, server: Server) {
    this.#host = host;
    this.#server = server;
  }

  static async start(host: FakeHost): Promise<FakeGateway> {
    const server = createServer();
    const gateway = new FakeGateway(host, server);
    server.on('request', (request, response) => void gateway.#handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const path = request.url ?? '';
    this.received.push({ path, headers: request.headers, body });
    const trouble = this.troubles.shift();
    if (trouble !== undefined) this.#fail(trouble, response);
    else this.#answer(path, body, response);
  }

  #fail(trouble: Trouble, response: ServerResponse): void {
    if (trouble === 'reset') response.destroy();
    if (trouble === 'busy') problem(response, 503, 'ledger_unavailable', { 'Retry-After': '7' });
    if (trouble === 'unknown') problem(response, 404, 'not_found', {});
    if (trouble === 'proxy_404')
      response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>default backend</h1>');
    if (trouble === 'not_json') response.writeHead(200).end('<html>sign in to the network</html>');
  }

  #answer(path: string, body: HeartbeatRequest & CloseSessionRequest, response: ServerResponse): void {
    const now = Math.floor(this.#host.monotonicMs);
    const [, id, operation] = /^\/v1\/sessions\/ses_(\d+)\/(\w+)$/.exec(path) ?? [];
    const session = this.sessions[Number(id)];
    if (session === undefined) {
      this.#open(now, response);
    } else if (operation === 'heartbeats') {
      json(response, 200, session.beat(body, now));
    } else {
      session.closed ??= body;
      json(response, 200, { closedAt: new Date(0).toISOString(), reason: 'quit', used: {}, timeToEnforceMs: null });
    }
  }

  #open(now: number, response: ServerResponse): void {
    if (this.denial !== null) {
      json(response, 200, this.denial);
      return;
    }
    const sessionId = `ses_${this.sessions.length}`;
    const session = new ModelGateway(this.rules, now);
    this.sessions.push(session);
    json(response, 201, {
      ...session.allowance(now),
      verdict: 'play',
      sessionId,
      sessionToken: `token-of-${sessionId}`,
    });
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, code: string, headers: Record<string, string>): void {
  response
    .writeHead(status, { 'Content-Type': 'application/problem+json', ...headers })
    .end(JSON.stringify({ type: `/problems/${code}`, title: code, status, detail: code, code, requestId: 'req_1' }));
}
