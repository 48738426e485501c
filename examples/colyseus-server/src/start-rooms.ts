import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { createPlaygateServer, type PlaygateServerSettings } from '@playgate/sdk/server';
import { ArenaRoom } from './arena-room.ts';
import { PlayTime } from './play-time.ts';

export interface RoomsOptions {
  readonly playgate: PlaygateServerSettings;
  readonly gameId: string;
  /** 0: any. */
  readonly port: number;
}

/** Tells where the rooms are. */
export async function startRooms({ gameId, playgate, port }: RoomsOptions) {
  const http = createServer();
  const server = new Server({ transport: new WebSocketTransport({ server: http }), greet: false });
  server.define('arena', ArenaRoom, { playTime: new PlayTime(createPlaygateServer(playgate), gameId) });
  await server.listen(port, '127.0.0.1');
  if (!http.listening) await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { url, stop: () => server.gracefullyShutdown(false) };
}
