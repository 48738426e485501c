import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Link } from '../src/link.ts';

test('what a browser asks before it closes a session gets through, and is no close', async () => {
  const gateway = createServer((request, response) => {
    if (request.method === 'OPTIONS') response.writeHead(204, { 'Access-Control-Allow-Origin': '*' }).end();
    else response.end('{"reason":"quit","timeToEnforceMs":null}');
  });
  await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve));
  const link = await Link.open(`http://127.0.0.1:${(gateway.address() as AddressInfo).port}`);
  const close = `${link.url}/v1/sessions/ses_1/close`;
  const preflight = await fetch(close, { method: 'OPTIONS' });
  expect([preflight.status, preflight.headers.get('Access-Control-Allow-Origin')]).toEqual([204, '*']);
  expect(link.closes).toEqual([]);
  expect(await (await fetch(close, { method: 'POST', body: '{}' })).json()).toMatchObject({ reason: 'quit' });
  expect(link.closes).toEqual([{ reason: 'quit', timeToEnforceMs: null }]);
  await link.close();
  await new Promise((resolve) => gateway.close(resolve));
});
