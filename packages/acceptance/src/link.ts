// The way from the integration to the gateway: a proxy on this machine that can be cut and that hears what is said.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

const SESSION_CLOSE = /^\/v1\/sessions\/[^/]+\/close$/;
/** Of one hop, and what is no longer true of an answer that was unpacked. */
const DROPPED = new Set([
  'host',
  'connection',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'keep-alive',
]);

/** A session that the integration closed. */
export interface ObservedClose {
  readonly reason: string;
  readonly timeToEnforceMs: number | null;
}

export class Link {
  isUp = true;
  readonly closes: ObservedClose[] = [];
  readonly #server: Server;
  readonly #gatewayUrl: string;
  readonly #underWay = new Set<AbortController>();

  private constructor(server: Server, gatewayUrl: string) {
    this.#server = server;
    this.#gatewayUrl = gatewayUrl;
  }

  /** @param port 0: any free one */
  static async open(gatewayUrl: string, host = '127.0.0.1', port = 0): Promise<Link> {
    const server = createServer();
    const link = new Link(server, gatewayUrl);
    server.on('request', (request, response) => void link.#pass(request, response).catch(() => response.destroy()));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve);
    });
    return link;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  cut(): void {
    this.isUp = false;
    for (const request of this.#underWay) request.abort();
  }

  restore(): void {
    this.isUp = true;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    this.#server.closeAllConnections();
    await closed;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!this.isUp) return void response.destroy();
    const abort = new AbortController();
    this.#underWay.add(abort);
    response.once('close', () => abort.abort());
    try {
      const body = Buffer.concat(chunks);
      await this.#exchange(request, body, response, abort.signal);
    } finally {
      this.#underWay.delete(abort);
    }
  }

  async #exchange(request: IncomingMessage, body: Buffer, response: ServerResponse, signal: AbortSignal) {
    const path = request.url ?? '/';
    const kept = Object.entries(request.headers).filter(([name]) => !DROPPED.has(name));
    const headers = kept.map(([name, value]): [string, string] => [name, String(value)]);
    const init = {
      method: request.method ?? 'GET',
      headers,
      signal,
      ...(body.length > 0 && { body: Uint8Array.from(body) }),
    };
    const answer = await fetch(`${this.#gatewayUrl}${path}`, init);
    for (const [name, value] of answer.headers) if (!DROPPED.has(name)) response.setHeader(name, value);
    response.writeHead(answer.status);
    if (request.method === 'POST' && SESSION_CLOSE.test(path) && answer.ok) {
      const text = await answer.text();
      this.#observeClose(text);
      response.write(text);
    } else if (answer.body !== null) {
      for await (const piece of Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]))
        response.write(piece);
    }
    response.end();
  }

  #observeClose(text: string): void {
    const { reason, timeToEnforceMs } = JSON.parse(text) as ObservedClose;
    this.closes.push({ reason, timeToEnforceMs });
  }
}
