// What docs/webhooks.md takes for granted, and a gateway's call at the route that it sets up.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import './gateway.ts';

const KEY = Buffer.from('a secret of the docs, long enough').toString('base64');
const kicked: string[] = [];
/** The application that a snippet makes. */
let app: Express | null = null;
const { post } = express.application;
express.application.post = function (this: Express, ...route: Parameters<typeof post>) {
  app = this;
  return post.apply(this, route);
} as typeof post;

process.env.PLAYGATE_WEBHOOK_SECRET = `whsec_${KEY}`;
export const seenBefore = async (_eventId: string) => false;
export const kick = (sessionId: string) => void kicked.push(sessionId);

export async function check(): Promise<void> {
  assert(app !== null);
  const server = (app as Express).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/playgate`;
  const event = {
    type: 'sessionEnded',
    timestamp: new Date().toISOString(),
    mode: 'test',
    data: { sessionId: 'ses_1' },
  };
  const statuses = [await send(url, event, KEY), await send(url, event, Buffer.from('another').toString('base64'))];
  server.close();
  assert.deepEqual(statuses, [204, 400]);
  assert.deepEqual(kicked, ['ses_1']);
}

/** As Standard Webhooks says it. */
async function send(url: string, event: object, key: string): Promise<number> {
  const body = JSON.stringify(event);
  const at = Math.floor(Date.now() / 1_000);
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(`evt_1.${at}.${body}`).digest('base64');
  const signed = { 'webhook-id': 'evt_1', 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
  const headers = { 'Content-Type': 'application/json', ...signed };
  return (await fetch(url, { method: 'POST', headers, body })).status;
}
