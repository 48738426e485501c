// Takes webhooks in: only what is signed with the endpoint's secret, and lately, is an event (Standard Webhooks).
import type { WebhookEvent } from '@playgate/contract/wire';
import { isRecord, parseJson } from '../transport/reply.ts';

/** Older or newer than this, a webhook may be one that somebody kept to send it again. */
export const WEBHOOK_TOLERANCE_MS = 300_000;
const SECRET_PREFIX = 'whsec_';
const SIGNATURE = /^v1,([A-Za-z0-9+/]+=*)$/;
/** More than any receiver needs: two while a secret is changed. */
const SIGNATURES_MAX = 8;

export type WebhookFault = 'missing_header' | 'bad_timestamp' | 'bad_signature' | 'bad_body';

/** The request is no webhook of the gateway: answer 400 and do nothing. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly code: WebhookFault;

  constructor(code: WebhookFault, message: string) {
    super(message);
    this.code = code;
  }
}

export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifiedWebhook {
  /** The same for every attempt at the same event: whoever has seen it has nothing to do. */
  readonly eventId: string;
  readonly event: WebhookEvent;
}

export interface VerifyWebhookOptions {
  /** ms; default 300,000. */
  readonly toleranceMs?: number;
  /** ms since 1970; default: now. */
  readonly now?: number;
}

/**
 * @param rawBody the bytes as they came: a body that was parsed and written again has another signature
 * @param secret `whsec_...`; several while one is being replaced
 * @throws WebhookVerificationError (as a rejection)
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { now = Date.now(), toleranceMs = WEBHOOK_TOLERANCE_MS }: VerifyWebhookOptions = {},
): Promise<VerifiedWebhook> {
  const eventId = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const given = signaturesIn(headerOf(headers, 'webhook-signature'));
  const sentAt = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1_000 : Number.NaN;
  if (!(Math.abs(now - sentAt) <= toleranceMs)) {
    throw new WebhookVerificationError('bad_timestamp', 'The webhook is too old, or of a wrong clock');
  }
  const body = typeof rawBody === 'string' ? new TextEncoder().encode(rawBody) : rawBody;
  const signed = concat(new TextEncoder().encode(`${eventId}.${timestamp}.`), body);
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (!(await isSigned(signed, given, secrets))) {
    throw new WebhookVerificationError('bad_signature', 'The webhook is not signed with this secret');
  }
  const event = parseJson(new TextDecoder().decode(body));
  if (!isRecord(event) || typeof event.type !== 'string' || !isRecord(event.data)) {
    throw new WebhookVerificationError('bad_body', 'The webhook is no event');
  }
  return { eventId, event: event as unknown as WebhookEvent };
}

/** WebCrypto compares in constant time. */
async function isSigned(
  signed: Uint8Array<ArrayBuffer>,
  given: readonly Uint8Array<ArrayBuffer>[],
  secrets: readonly string[],
): Promise<boolean> {
  let isGood = false;
  for (const secret of secrets) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', secretBytes(secret), algorithm, false, ['verify']);
    for (const signature of given) isGood = (await crypto.subtle.verify('HMAC', key, signature, signed)) || isGood;
  }
  return isGood;
}

function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = secret.startsWith(SECRET_PREFIX) ? bytesOf(secret.slice(SECRET_PREFIX.length)) : null;
  if (bytes === null || bytes.length === 0) throw new TypeError('secret must be the secret of an endpoint, whsec_...');
  return bytes;
}

function signaturesIn(header: string): readonly Uint8Array<ArrayBuffer>[] {
  return header
    .split(' ', SIGNATURES_MAX)
    .flatMap((text) => bytesOf(SIGNATURE.exec(text)?.[1] ?? '') ?? [])
    .filter((bytes) => bytes.length > 0);
}

/** Null: not base64. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new WebhookVerificationError('missing_header', `The request has no ${name}`);
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
