// node src/main.ts [data directory of the gateway] [port]
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { createPlaygateServer } from '@playgate/sdk/server';
import { ArenaRoom } from './arena-room.ts';
import { PlayTime } from './play-time.ts';

interface Sandbox {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly games: readonly { readonly gameId: string }[];
}

const PORT_DEFAULT = '2567';
const [dataDir = '../../.playgate', port = PORT_DEFAULT] = process.argv.slice(2);
const sandbox = JSON.parse(readFileSync(path.join(dataDir, 'demo.json'), 'utf8')) as Sandbox;

const playgate = createPlaygateServer({ gatewayUrl: sandbox.baseUrl, secretKey: sandbox.secretKey });
const http = createServer();
const server = new Server({ transport: new WebSocketTransport({ server: http }), greet: false });
server.define('arena', ArenaRoom, { playTime: new PlayTime(playgate, sandbox.games[0]!.gameId) });
await server.listen(Number(port), '127.0.0.1');
if (!http.listening) await once(http, 'listening');
console.log(`rooms at http://127.0.0.1:${(http.address() as AddressInfo).port}`);
