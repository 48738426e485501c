// What a handler answered, as bytes on the wire: JSON, a page, a redirect, or a body that is read piece by piece.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HEADERS, JSON_MEDIA_TYPE, type Operation } from '@playgate/contract';
import type { Response } from 'express';
import type { StoredResponse } from '../directory/idempotency.ts';
import type { RawReply } from './handler.ts';

export const JSON_WITH_CHARSET = `${JSON_MEDIA_TYPE}; charset=utf-8`;

export function render(
  operation: Operation,
  reply: { readonly status: number; readonly body: unknown; readonly json?: string },
): StoredResponse {
  const { status, body } = reply;
  if (body === null) return { status, headers: {}, body: '' };
  const { isLocation, mediaType } = operation.responses[status] ?? {};
  if (isLocation === true) return { status, headers: { [HEADERS.location]: String(body) }, body: '' };
  if (mediaType === undefined)
    return { status, headers: { 'Content-Type': JSON_WITH_CHARSET }, body: reply.json ?? JSON.stringify(body) };
  return { status, headers: { 'Content-Type': `${mediaType}; charset=utf-8` }, body: String(body) };
}

export function send(response: Response, { status, headers, body }: StoredResponse): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status !== 204 && status !== 304) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

const READER_GONE: ReadonlySet<string | undefined> = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
]);

/** Streams what comes piece by piece, each as soon as it is there; a reader that goes away ends it. */
export async function sendRaw(response: Response, { raw, status }: RawReply): Promise<void> {
  const { content, mediaType } = raw;
  response.statusCode = status;
  response.setHeader('Content-Type', mediaType);
  if (typeof content === 'string' || content instanceof Uint8Array) {
    response.setHeader('Content-Length', Buffer.byteLength(content));
    response.end(content);
    return;
  }
  const body = Readable.from(content);
  if (response.req.method === 'HEAD') {
    // Nothing of it is sent, so a body without an end would be waited for in vain.
    body.destroy();
    response.end();
    return;
  }
  await pipeline(body, response).catch((error: NodeJS.ErrnoException) => {
    // The reader went away, before or meanwhile: nobody's fault.
    if (!READER_GONE.has(error.code)) throw error;
  });
}
