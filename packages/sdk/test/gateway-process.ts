// The gateway as a process of its own, with one provider, one game and a 17-year-old, in a sandbox whose clock stands.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../gateway/src/main.ts', import.meta.url));
const ADMIN_TOKEN = 'operator-token-of-these-tests-0123456789';
const START_MS_MAX = 110_000;
export const NOW = '2026-11-20T05:00:00.000Z';

export class GatewayProcess implements AsyncDisposable {
  readonly baseUrl: string;
  readonly #child: ChildProcess;
  readonly #dataDir: string;

  private constructor(child: ChildProcess, dataDir: string, baseUrl: string) {
    this.#child = child;
    this.#dataDir = dataDir;
    this.baseUrl = baseUrl;
  }

  static async start(settings: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'playgate-sdk-'));
    const env = {
      PATH: process.env.PATH,
      PORT: '0',
      PLAYGATE_DATA_DIR: dataDir,
      PLAYGATE_STORE: 'memory',
      PLAYGATE_DEMO: 'off',
      PLAYGATE_SHED_LOAD: 'off',
      PLAYGATE_ADMIN_TOKEN: ADMIN_TOKEN,
      ...settings,
    };
    const args = ['--conditions=@playgate/source', MAIN];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      return new GatewayProcess(child, dataDir, await addressOf(child));
    } catch (error) {
      child.kill();
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  async call<Reply>(method: string, route: string, body: unknown, token = ADMIN_TOKEN): Promise<Reply> {
    const response = await fetch(this.baseUrl + route, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return JSON.parse(text) as Reply;
  }

  async seed() {
    const { providerId } = await this.call<{ providerId: string }>('POST', '/v1/admin/providers', { name: 'Studio' });
    const keys = `/v1/admin/providers/${providerId}/keys`;
    const issue = async (kind: string) => (await this.call<{ key: string }>('POST', keys, { kind, mode: 'test' })).key;
    const secretKey = await issue('secret');
    await this.call('PUT', '/v1/sandbox/clock', { now: NOW }, secretKey);
    const game = { gameId: 'star-garden', title: 'Star Garden', class: 'G1', rating: '12+' };
    await this.call('POST', '/v1/games', game, secretKey);
    const verify = async (playerRef: string, birthDate: string) => {
      const player = { playerRef, method: 'attested', birthDate, phone: '+84901234567', phoneVerified: true };
      return (await this.call<{ ageToken: string }>('POST', '/v1/age-verifications', player, secretKey)).ageToken;
    };
    return {
      secretKey,
      publishableKey: await issue('publishable'),
      gameId: game.gameId,
      ageToken: await verify('linh', '2009-05-05'),
      adultAgeToken: await verify('hung', '1996-05-05'),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

/** From what it says when it is ready. */
function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the gateway did not start: ${said}`)), START_MS_MAX);
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      const address = said.includes('is ready') ? /http:\/\/[\w.[\]:-]+:\d+/.exec(said)?.[0] : undefined;
      if (address === undefined) return;
      clearTimeout(late);
      resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${said}`)));
  });
}
