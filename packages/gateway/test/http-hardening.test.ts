// What every answer carries and what no request gets, whoever asks: headers for browsers, methods, and the borders of messages.
import { connect } from 'node:net';
import { OPERATIONS, type Operation } from '@playgate/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, sampleOf, targetOf, type World } from './support/request-samples.ts';
import { TestGateway } from './support/test-gateway.ts';

const FAILURES_MAX = 20;
let gateway: TestGateway;
let world: World;

beforeAll(async () => {
  gateway = await TestGateway.start({
    env: { PLAYGATE_LOG_LEVEL: 'silent', PLAYGATE_RATE_FAILED_AUTHENTICATIONS: String(FAILURES_MAX) },
  });
  world = await createWorld(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Bytes as they are; the status line of the first answer, and how many there were. */
function sendBytes(text: string): Promise<{ readonly status: string; readonly answers: number }> {
  const { hostname, port } = new URL(gateway.baseUrl);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.end(text));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      resolve({ status: answer.split('\r\n')[0]!, answers: answer.split('HTTP/1.1 ').length - 1 });
    });
  });
}

describe.each(OPERATIONS.map((operation: Operation) => [operation.operationId, operation] as const))(
  '%s',
  (_, operation) => {
    it('answers with headers that keep a browser from misreading, framing and keeping it', async () => {
      const sample = sampleOf(operation.operationId as never, world);
      const target = targetOf(operation, sample);
      const good = { token: sample.token ?? undefined, headers: sample.headers, body: sample.body ?? undefined };
      for (const request of [good, { token: 'nobody' }]) {
        const { headers, status } = await gateway.send(operation.method, target, request);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
        const isPublic = operation.cacheMaxAgeS !== undefined && status < 400;
        const isPage = headers.get('content-type')?.startsWith('text/html') === true;
        if (!isPublic && !isPage) expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('x-powered-by')).toBeNull();
        expect(headers.get('server')).toBeNull();
        const origin = headers.get('access-control-allow-origin');
        expect(origin).toBe(operation.browser ? '*' : null);
        expect(headers.get('access-control-allow-credentials')).toBeNull();
        if (status !== 204 && status < 300) expect(headers.get('content-type')).toMatch(/charset=utf-8$/);
      }
    });
  },
);

it('pages send no referrer and load nothing from elsewhere', async () => {
  for (const page of ['/docs', '/guardian']) {
    const { headers } = await gateway.send('GET', page);
    expect([page, headers.get('referrer-policy')]).toEqual([page, 'no-referrer']);
    expect(headers.get('content-security-policy')).toMatch(/default-src '(self|none)'.*frame-ancestors 'none'/);
  }
});

it('answers no TRACE and no method that it does not know', async () => {
  for (const method of ['TRACE', 'PROPFIND', 'PATCH']) {
    const told = await sendBytes(`${method} /v1/games HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect([method, told.status]).toEqual([method, 'HTTP/1.1 405 Method Not Allowed']);
  }
});

it('takes no message whose end can be read in two ways', async () => {
  const head = 'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const hidden = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
  const framings = [
    `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    `Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`,
    `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
    `Content-Length: +0\r\n\r\n${hidden}`,
    `Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${hidden}`,
  ];
  for (const framing of framings) {
    expect([framing, await sendBytes(head + framing)]).toEqual([
      framing,
      { status: 'HTTP/1.1 400 Bad Request', answers: 1 },
    ]);
  }
});

it('believes nobody who says from where they come, unless a proxy was named', async () => {
  const statuses: number[] = [];
  for (let index = 0; index <= FAILURES_MAX + 5; index++) {
    const headers = { 'x-forwarded-for': `203.0.113.${index}`, 'x-real-ip': `203.0.113.${index}` };
    statuses.push((await gateway.send('GET', '/v1/games', { token: 'nobody', headers })).status);
  }
  expect(statuses.at(-1)).toBe(429);
});
