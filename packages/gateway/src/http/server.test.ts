import { PACE_MAX, PACKS, type PolicyDocument } from '@playgate/policy';
import { expect, it } from 'vitest';
import { HttpServer, KEEP_ALIVE_MS } from './server.ts';

it('keeps an idle connection for longer than the longest time between two heartbeats of a shipped policy', async () => {
  for (const { heartbeat, id } of PACKS as readonly PolicyDocument[])
    expect(KEEP_ALIVE_MS, id).toBeGreaterThan(heartbeat.intervalMs * PACE_MAX);
  const http = await HttpServer.listen((_request, response) => void response.end(), { host: '127.0.0.1', port: 0 });
  const { headers } = await fetch(`http://127.0.0.1:${http.port}`);
  expect(headers.get('keep-alive')).toBe(`timeout=${KEEP_ALIVE_MS / 1_000}`);
  await http.drain(0);
});
