// What docs/server.md takes for granted.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createPlaygateServer } from '@playgate/sdk/server';
import express from 'express';
import { gatewayUrl, ageToken as tokenOfPlayer } from './gateway.ts';

declare global {
  namespace Express {
    interface Request {
      readonly user: { readonly accountId: string };
    }
  }
}

export const account = { id: 'linh' };
export const ageToken = tokenOfPlayer;
export const playgate = createPlaygateServer({ gatewayUrl, secretKey: process.env.PLAYGATE_SECRET_KEY! });
export const app = express();
export const request = new Request('https://game.example/moves');
export const refuse = (text: string) => assert.fail(text);
export const tell = (_sessionId: string, _remainingMs: number | null) => {};
export const kick = (_sessionId: string, _reason: string) => {};
export const sessionOf = (_caller: unknown) => 'ses_nobody';

/** The middleware is in place: a caller without a session gets no further. */
export async function check(): Promise<void> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/moves`);
  server.close();
  assert.deepEqual([answer.status, (await answer.json()).code], [403, 'play_ended']);
}
