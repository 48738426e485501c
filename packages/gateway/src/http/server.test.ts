import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { PACE_MAX, PACKS, type PolicyDocument } from '@playgate/policy';
import { expect, it, vi } from 'vitest';
import { vietnamAt } from '../../test/support/policies.ts';
import { CONNECTIONS_MAX, HttpServer, keepAliveMsOf } from './server.ts';

/** What a gateway opens beside the connections of its clients, generously. */
const OTHER_DESCRIPTORS = 1_000;
const LAW = vietnamAt(Date.UTC(2026, 9, 14)).document;

const beatenEvery = (intervalMs: number) => ({
  document: { ...LAW, heartbeat: { ...LAW.heartbeat, intervalMs } },
});

it('keeps an idle connection for longer than the longest time between two heartbeats of any policy', () => {
  const shipped = (PACKS as readonly PolicyDocument[]).map((document) => ({ document }));
  for (const policies of [shipped, [...shipped, beatenEvery(120_000)], [beatenEvery(1_000)]]) {
    for (const { document } of policies)
      expect(keepAliveMsOf(policies), document.id).toBeGreaterThan(document.heartbeat.intervalMs * PACE_MAX);
  }
});

it('keeps one for longer than load balancers do, whatever the policies', () => {
  for (const policies of [[], [beatenEvery(1_000)]]) expect(keepAliveMsOf(policies)).toBeGreaterThan(60_000);
});

it('keeps none for hours, however seldom a policy has its players beat', () => {
  expect(keepAliveMsOf([beatenEvery(3_600_000)])).toBe(600_000);
});

it('tells clients how long, also once that changes', async () => {
  const place = { host: '127.0.0.1', port: 0, keepAliveMs: 125_000 };
  const http = await HttpServer.listen((_request, response) => void response.end(), place);
  const told = async () => (await fetch(`http://127.0.0.1:${http.port}`)).headers.get('keep-alive');
  expect(await told()).toBe('timeout=125');
  http.keepAlive(485_000);
  expect(await told()).toBe('timeout=485');
  await http.drain(0);
});

it('counts as cut off who waited when it ended, and nobody who had gone', async () => {
  let requests = 0;
  const place = { host: '127.0.0.1', port: 0, keepAliveMs: 125_000 };
  const http = await HttpServer.listen(() => void requests++, place);
  const gone = connect(http.port, '127.0.0.1');
  gone.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(3));
  const stays = connect(http.port, '127.0.0.1');
  stays.on('error', () => undefined);
  stays.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  await vi.waitFor(() => expect(requests).toBe(4));
  gone.destroy();
  await once(gone, 'close');
  expect(await http.drain(200)).toEqual({ cutOff: 1 });
});

it.each([
  ['systemd/playgate.service', /^LimitNOFILE=(\d+)$/m],
  ['compose.yaml', /^ +nofile: \{ soft: (\d+), hard: \1 \}$/m],
])('has a descriptor for each connection by deploy/%s', async (file, limit) => {
  const text = await readFile(new URL(`../../../../deploy/${file}`, import.meta.url), 'utf8');
  expect(Number(limit.exec(text)?.[1])).toBeGreaterThan(CONNECTIONS_MAX + OTHER_DESCRIPTORS);
});
