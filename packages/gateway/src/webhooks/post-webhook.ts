// One attempt to hand over a webhook: signed, bounded in time and size, to an allowed address, following nothing.

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { WebhookFault } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import { Webhook } from 'standardwebhooks';
import { AddressRefusedError, guardedLookup, isAllowedUrl } from './allowed-address.ts';
import type { WebhookTarget } from './webhook-endpoints.ts';

/** A receiver is to take an event and work on it later. */
export const ATTEMPT_MS_MAX = 10_000;
/** An answer is read to keep a connection's order, and not looked at. */
const ANSWER_BYTES_MAX = 65_536;
const USER_AGENT = 'Playgate-Webhooks/1';

export interface WebhookMessage {
  readonly eventId: string;
  readonly payload: string;
}

/** `fault` null: it was taken (2xx). */
export interface AttemptResult {
  readonly statusCode: number | null;
  readonly fault: WebhookFault | null;
}

/** Of the Standard Webhooks; one signature per secret. */
export function webhookHeaders(message: WebhookMessage, secrets: readonly string[], now: Instant) {
  const { eventId, payload } = message;
  const signatures = secrets.map((secret) => new Webhook(secret).sign(eventId, new Date(now), payload));
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': signatures.join(' '),
  };
}

/** Never rejects. `now`: real time. */
export async function postWebhook(
  { secrets, url, world }: WebhookTarget,
  message: WebhookMessage,
  { now, signal }: { readonly now: Instant; readonly signal?: AbortSignal },
): Promise<AttemptResult> {
  if (!isAllowedUrl(url, world.mode)) return { statusCode: null, fault: 'address_refused' };
  const timeout = AbortSignal.timeout(ATTEMPT_MS_MAX);
  try {
    const statusCode = await send({
      url: new URL(url),
      payload: message.payload,
      headers: webhookHeaders(message, secrets, now),
      lookup: guardedLookup(world.mode),
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    return { statusCode, fault: statusCode >= 200 && statusCode < 300 ? null : 'refused' };
  } catch (error) {
    if (error instanceof AddressRefusedError) return { statusCode: null, fault: 'address_refused' };
    return { statusCode: null, fault: timeout.aborted ? 'timeout' : 'unreachable' };
  }
}

interface Sending {
  readonly url: URL;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly lookup: ReturnType<typeof guardedLookup>;
  readonly signal: AbortSignal;
}

function send({ headers, lookup, payload, signal, url }: Sending): Promise<number> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const body = Buffer.from(payload);
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: 'POST',
      // A connection of its own: one that is kept would have been judged when its name led elsewhere.
      agent: false,
      lookup,
      signal,
      headers: {
        ...headers,
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        'User-Agent': USER_AGENT,
      },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      let bytes = 0;
      const done = () => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      };
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) done();
      });
      response.on('end', done).on('error', done);
    });
    call.end(body);
  });
}
