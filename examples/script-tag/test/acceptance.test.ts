// The page of this example, in Chromium, through the published cases: `npx playgate-accept` as its README has it.
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchBrowser } from '@playgate/example-harness/browser';
import { PageDriver } from '@playgate/example-harness/page-driver';
import { SandboxGateway } from '@playgate/example-harness/sandbox-gateway';
import { stageExample } from '@playgate/example-harness/stage';
import { type Certificate, PUBLISHED_CASES } from 'playgate-accept';
import { afterAll, beforeAll, expect, it } from 'vitest';

const CLI = path.join(import.meta.dirname, '../../../packages/acceptance/dist/cli.js');
const RUN_MS_MAX = 900_000;
const STOPS_PLAY = 'game.isPlaying = false;';

const stack = new AsyncDisposableStack();
let gateway: SandboxGateway;
let folder: string;
let serve: (change?: (page: string) => string) => Promise<PageDriver>;

beforeAll(async () => {
  const stage = stack.use(stageExample('script-tag'));
  const [started, browser] = await Promise.all([SandboxGateway.start(), launchBrowser()]);
  gateway = stack.use(started);
  stack.defer(() => browser.close());
  folder = mkdtempSync(path.join(tmpdir(), 'playgate-certificate-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const game = { folder: stage.folder, name: 'Bouncing ball', version: '0.1.0', browser };
  serve = (change = (page) => page) => PageDriver.serve({ ...game, change });
});
afterAll(() => stack.disposeAsync());

function accept(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr });
    });
  });
}

function play(driver: PageDriver, ...args: readonly string[]) {
  const { baseUrl, publishableKey, secretKey } = gateway.sandbox;
  const keys = ['--url', baseUrl, '--key', secretKey, '--publishable-key', publishableKey];
  return accept(...keys, '--driver', driver.url, '--out', path.join(folder, 'certificate.json'), ...args);
}

const certificate = () => JSON.parse(readFileSync(path.join(folder, 'certificate.json'), 'utf8')) as Certificate;

it(
  'passes every case for a game at home, with a signed certificate and a screenshot of each',
  async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const [signingKey, trusted] = [path.join(folder, 'key.pem'), path.join(folder, 'key.pub.pem')];
    writeFileSync(signingKey, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(trusted, publicKey.export({ type: 'spki', format: 'pem' }));
    await using driver = await serve();
    const { code, said } = await play(driver, '--signing-key', signingKey);
    expect(code, said).toBe(0);
    const { cases, integration } = certificate();
    expect(integration).toEqual({ name: 'Bouncing ball', version: '0.1.0' });
    expect(cases.map(({ id, outcome, why }) => ({ id, outcome, why }))).toEqual(
      PUBLISHED_CASES.map(({ id }) => ({
        id,
        ...(id === 'agent_closed'
          ? { outcome: 'skipped', why: expect.stringContaining('station') }
          : { outcome: 'passed', why: null }),
      })),
    );
    const verified = await accept('verify', path.join(folder, 'certificate.json'), '--trust', trusted);
    expect(verified).toEqual({
      code: 0,
      said: expect.stringMatching(/Bouncing ball.*^accepted \(14 of 15.*^ {2}skipped: agent_closed$/ms),
    });
  },
  RUN_MS_MAX,
);

it(
  'fails when the page goes on playing',
  async () => {
    await using driver = await serve((page) => {
      expect(page).toContain(STOPS_PLAY);
      return page.replace(STOPS_PLAY, '').replace('overlay.follow(start.session);', '');
    });
    const { code, said } = await play(driver, '--only', 'limit_end');
    expect(said).toContain('play still goes on');
    expect(code).toBe(1);
  },
  RUN_MS_MAX,
);
