// The server of a small game, as much as an example needs: it serves one page with the game's bundle, and tells who comes in
// which key to use and how old the gateway takes them to be. A real game server has logins; this one believes a name.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type AgeVerificationReply, createPlaygateServer, type PlaygateServer } from '@playgate/sdk/server';
import { bundleGame } from './bundle-game.ts';
import type { Sandbox } from './sandbox.ts';

export interface GameServerOptions {
  /** With `index.html`, and the game's own files in `src/` unless all of it is in the page. */
  readonly folder: string;
  readonly sandbox: Sandbox;
  /** 0: any. */
  readonly port: number;
}

const SEVENTEEN_AND_A_HALF_YEARS_MS = 17.5 * 365.25 * 86_400_000;

export class GameServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: GameServerOptions;
  readonly #playgate: PlaygateServer;
  /** A verification is asked for once a player, not once a page. */
  readonly #verified = new Map<string, Promise<AgeVerificationReply>>();

  private constructor(options: GameServerOptions) {
    const { baseUrl: gatewayUrl, secretKey } = options.sandbox;
    this.#options = options;
    this.#playgate = createPlaygateServer({ gatewayUrl, secretKey });
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  static async start(options: GameServerOptions): Promise<GameServer> {
    const started = new GameServer(options);
    started.#server.listen(options.port, '127.0.0.1');
    await once(started.#server, 'listening');
    return started;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const send = (type: string, body: string | Uint8Array) =>
      response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-store' }).end(body);
    if (url.pathname === '/login') {
      return void send('application/json', JSON.stringify(await this.#logIn(url.searchParams.get('player') ?? 'linh')));
    }
    if (url.pathname === '/')
      return void send('text/html', await readFile(path.join(this.#options.folder, 'index.html')));
    const script = await bundleGame(this.#options.folder, url.pathname);
    if (script === null) response.writeHead(404).end();
    else send('text/javascript', script);
  }

  /** What the page hands to `createPlayGuard` and `startSession`. The secret key stays here. */
  async #logIn(playerRef: string) {
    const { baseUrl: gatewayUrl, games, publishableKey } = this.#options.sandbox;
    const verified = this.#verified.get(playerRef) ?? this.#verify(playerRef);
    this.#verified.set(playerRef, verified);
    const { ageToken } = await verified;
    return { gatewayUrl, publishableKey, gameId: games[0]?.gameId, ageToken };
  }

  #verify(playerRef: string): Promise<AgeVerificationReply> {
    const birthDate = new Date(Date.now() - SEVENTEEN_AND_A_HALF_YEARS_MS).toISOString().slice(0, 10);
    const phone = { phone: '+84901234567', phoneVerified: true };
    return this.#playgate.ages.verify({ playerRef, method: 'attested', birthDate, ...phone });
  }
}
