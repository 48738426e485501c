import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestGateway } from './support/test-gateway.ts';

const BUILT = new URL('../../sdk/dist/playgate.global.js', import.meta.url);

interface Manifest {
  readonly version: string;
  readonly files: readonly { readonly path: string; readonly integrity: string; readonly bytes: number }[];
}

interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As it is on the wire: `fetch` unpacks. */
function rawGet(url: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpGet(url, { headers }, (response) => {
      buffer(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body }),
        reject,
      );
    });
    request.on('error', reject);
  });
}

describe('the script of the SDK', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('is not at any other version or name', async () => {
    for (const path of ['/sdk/v0/playgate.js', '/sdk/v1/package.json', '/sdk/v1/..%2f..%2fpackage.json', '/sdk']) {
      const answer = await gateway.send('GET', path);
      expect(answer, path).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  test.runIf(existsSync(BUILT))('is served to any origin with the hash that the manifest tells', async () => {
    const manifest = (await gateway.send('GET', '/sdk/manifest.json')).body as Manifest;
    expect(manifest.files.map(({ path }) => path)).toContain(`/sdk/${manifest.version}/playgate.js`);
    for (const { bytes, integrity, path } of manifest.files) {
      const { headers, text } = await gateway.send('GET', path);
      expect(integrity).toBe(`sha384-${createHash('sha384').update(text).digest('base64')}`);
      expect(Buffer.byteLength(text)).toBe(bytes);
      expect(headers.get('cache-control')).toContain('immutable');
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      expect(headers.get('content-type')).toMatch(/^text\/javascript/);
    }
  });

  test.runIf(existsSync(BUILT))('comes compressed to who can unpack it, and only once', async () => {
    const plain = readFileSync(BUILT);
    const get = (headers: Readonly<Record<string, string>>) => rawGet(`${gateway.baseUrl}/sdk/v1/playgate.js`, headers);
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
    const tags = new Set<string | undefined>();
    for (const [accepted, encoding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
      ['identity', undefined],
      ['zstd', undefined],
    ] as const) {
      const { body, headers, status } = await get({ 'accept-encoding': accepted });
      expect([status, headers['content-encoding'], headers.vary]).toEqual([200, encoding, 'Accept-Encoding']);
      expect((encoding === undefined ? body : unpack[encoding](body)).equals(plain)).toBe(true);
      tags.add(headers.etag);
      const again = await get({ 'accept-encoding': accepted, 'if-none-match': String(headers.etag) });
      expect([again.status, again.body.length]).toEqual([304, 0]);
    }
    expect(tags.size).toBe(3);
    expect((await get({ 'accept-encoding': 'br' })).body.length).toBeLessThan(plain.length / 2);
  });

  test.runIf(existsSync(BUILT))('is under v1 what the gateway ships, and may change', async () => {
    const { version } = (await gateway.send('GET', '/sdk/manifest.json')).body as Manifest;
    const exact = await gateway.send('GET', `/sdk/${version}/playgate.js`);
    const latest = await gateway.send('GET', '/sdk/v1/playgate.js');
    expect(latest.text === exact.text && exact.text === readFileSync(BUILT, 'utf8')).toBe(true);
    expect(latest.headers.get('cache-control')).not.toContain('immutable');
  });
});
