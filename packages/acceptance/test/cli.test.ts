import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type LocalGateway, startLocalGateway } from '@playgate/sdk/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { templatePath } from '../../gateway/test/support/databases.ts';
import { type Certificate, createReferenceDriver, isIntact, type Play, type StartRequest } from '../src/index.ts';

const CLI = new URL('../src/cli.ts', import.meta.url).pathname;
const NODE_FLAGS = ['--conditions=@playgate/source', '--disable-warning=ExperimentalWarning'];
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

let gateway: LocalGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startLocalGateway({ databaseTemplate: await templatePath() });
  folder = mkdtempSync(path.join(tmpdir(), 'playgate-accept-'));
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: readonly string[]) {
  const { publishableKey, secretKey, url } = gateway;
  const out = path.join(folder, 'certificate.json');
  return call('--url', url, '--key', secretKey, '--publishable-key', publishableKey, '--out', out, ...args);
}

async function call(...args: readonly string[]) {
  const out = path.join(folder, 'certificate.json');
  const child = spawn(process.execPath, [...NODE_FLAGS, CLI, ...args]);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  const certificate = () => JSON.parse(readFileSync(out, 'utf8')) as Certificate;
  return { code, stdout, stderr, certificate };
}

test('ends with 3 when cases were left out, and leaves the certificate', async () => {
  const { certificate, code, stdout } = await run('--driver', 'reference', '--only', 'start_allowed,unverified_denied');
  expect(code).toBe(3);
  expect(stdout).toMatch(/^partial: NOT accepted.*\(2 of 15 cases passed\)$/m);
  expect(stdout).not.toMatch(/^accepted/m);
  expect(certificate().verdict).toBe('partial');
  expect(isIntact(certificate())).toBe(true);
  expect(certificate().cases.map(({ outcome }) => outcome)).toEqual(['passed', 'passed']);
});

test('signs the certificate, so that a reader who trusts the key finds out what was changed', async () => {
  const files = { key: 'key.pem', trusted: 'trusted.pem', other: 'other.pem', changed: 'changed.json' } as const;
  const at = (name: keyof typeof files) => path.join(folder, files[name]);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(at('key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(at('trusted'), publicKey.export({ type: 'spki', format: 'pem' }));
  const { publicKey: other } = generateKeyPairSync('ed25519');
  writeFileSync(at('other'), JSON.stringify({ keys: [other.export({ format: 'jwk' })] }));
  const { certificate } = await run('--driver', 'reference', '--only', 'start_allowed', '--signing-key', at('key'));
  const written = path.join(folder, 'certificate.json');

  expect(await call('verify', written, '--trust', at('trusted'))).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(
      /^genuine.*\npartial: NOT accepted.*\n {2}passed: start_allowed\n {2}left out: rating_shown,.*agent_closed\n$/,
    ),
  });
  expect(await call('verify', written, '--trust', at('other'))).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('no trusted key'),
  });
  expect(await call('verify', written)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--trust is missing'),
  });
  writeFileSync(at('changed'), JSON.stringify({ ...certificate(), gatewayUrl: 'https://elsewhere.example' }));
  expect(await call('verify', at('changed'), '--trust', at('trusted'))).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('its hash'),
  });
});

test('drives an integration over HTTP and ends with 1 when it fails', async () => {
  const server = await serveDriver();
  const { port } = server.address() as AddressInfo;
  const only = 'start_allowed,rating_shown';
  const { certificate, code, stdout } = await run('--driver', `http://127.0.0.1:${port}`, '--only', only);
  server.close();
  expect(code).toBe(1);
  expect(stdout).toMatch(/failed {3}rating_shown/);
  expect(certificate()).toMatchObject({ time: 'virtual', integration: { name: 'over HTTP' }, verdict: 'rejected' });
  expect(certificate().cases[0]).toMatchObject({ outcome: 'passed', screenshots: ['start_allowed-1.png'] });
  expect(readFileSync(path.join(folder, 'start_allowed-1.png'))).toEqual(PNG);
});

test.each([
  ['a live key', ['--driver', 'reference', '--key', 'sk_live_x'], 'test world'],
  ['a case that is none', ['--driver', 'reference', '--only', 'nothing'], 'no case nothing'],
  ['no driver', [], '--driver is missing'],
  ['no gateway', ['--driver', 'reference', '--url', 'http://127.0.0.1:1'], 'fetch failed'],
])('ends with 2 with %s', async (_what, args, words) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

/** The reference behind the HTTP contract, without its rating. */
async function serveDriver(): Promise<Server> {
  const driver = createReferenceDriver();
  const plays: Play[] = [];
  const answer = async (request: IncomingMessage, body: string): Promise<unknown> => {
    const call = `${request.method} ${request.url}`;
    const play = plays[Number(/\/plays\/(\d+)/.exec(call)?.[1])];
    if (call === 'GET /about') return { name: 'over HTTP', version: '1', canAdvance: true, canShoot: true };
    if (call === 'POST /advance') return driver.advance?.((JSON.parse(body) as { ms: number }).ms);
    if (call === 'POST /plays') {
      const playId = String(plays.push(await driver.start(JSON.parse(body) as StartRequest)) - 1);
      return { playId };
    }
    if (call.endsWith('/screenshot')) return PNG;
    return call.endsWith('/end') ? play?.end() : { ...(await play?.state()), rating: null };
  };
  const server = createServer((request, response) => {
    const answered = text(request).then((body) => answer(request, body));
    void answered.then((value) => response.end(Buffer.isBuffer(value) ? value : JSON.stringify(value ?? {})));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}
