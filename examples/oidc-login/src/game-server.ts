// The server of a game, as far as ages go: it begins a verification for a player, sends the browser to the identity
// provider, and takes it back. This is all that attaching an identity source costs a game.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgeVerificationReply } from '@playgate/contract/wire';

export interface GameServerOptions {
  readonly gatewayUrl: string;
  /** `sk_test_...`: never leaves the server. */
  readonly secretKey: string;
  readonly issuer: string;
}

export class GameServer {
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  #options: GameServerOptions | null = null;

  /** Listens; `attach` comes later, since the gateway's file of issuers names this server's address. */
  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get returnUrl(): string {
    return `${this.url}/signed-in`;
  }

  attach(options: GameServerOptions): void {
    this.#options = options;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url);
    if (url.pathname === '/sign-in') return this.#begin(url.searchParams.get('player') ?? 'guest', response);
    if (url.pathname === '/signed-in') return this.#end(url, request.headers.cookie ?? '', response);
    response.writeHead(404).end();
  }

  async #begin(playerRef: string, response: ServerResponse): Promise<void> {
    const { issuer } = this.#options!;
    const body = { playerRef, method: 'oidc', issuer, returnUrl: this.returnUrl };
    const begun = await this.#ask('POST', '/v1/age-verifications', body);
    // Only this browser may bring the verification back: an adult's sign-in elsewhere is of no use to it.
    response.setHeader('set-cookie', `verification=${begun.verificationId}; HttpOnly; SameSite=Lax; Path=/signed-in`);
    response.writeHead(303, { location: begun.redirectUrl! }).end();
  }

  async #end(url: URL, cookie: string, response: ServerResponse): Promise<void> {
    const verificationId = url.searchParams.get('verificationId') ?? '';
    if (cookie !== `verification=${verificationId}`) {
      response.writeHead(403).end('not begun in this browser');
      return;
    }
    const outcome = await this.#ask('GET', `/v1/age-verifications/${verificationId}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(outcome));
  }

  async #ask(method: string, path: string, body?: object): Promise<AgeVerificationReply> {
    const { gatewayUrl, secretKey } = this.#options!;
    const response = await fetch(gatewayUrl + path, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as AgeVerificationReply;
  }
}
