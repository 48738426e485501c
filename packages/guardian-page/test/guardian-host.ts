// A gateway as a process of its own with the page built, a provider with a child on it, and links for its guardian.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const START_MS_MAX = 110_000;
/** Wednesday, noon in Vietnam. */
const NOON = '2026-10-14T12:00:00+07:00';

type Fields = Record<string, unknown>;

export class GuardianHost implements AsyncDisposable {
  readonly baseUrl: string;
  private readonly child: ChildProcess;
  private readonly dataDir: string;
  private readonly adminToken: string;
  private secretKey = '';
  private playerId = '';
  private session: Fields = {};
  private seq = 0;

  private constructor(child: ChildProcess, dataDir: string, told: { baseUrl: string; adminToken: string }) {
    this.child = child;
    this.dataDir = dataDir;
    this.baseUrl = told.baseUrl;
    this.adminToken = told.adminToken;
  }

  static async start(): Promise<GuardianHost> {
    const page = path.join(ROOT, 'packages/guardian-page');
    execFileSync(path.join(page, 'node_modules/.bin/tsup'), { cwd: page });
    const dataDir = mkdtempSync(path.join(tmpdir(), 'playgate-guardian-'));
    const main = path.join(ROOT, 'packages/gateway/src/main.ts');
    const env = {
      PATH: process.env.PATH,
      PORT: '0',
      PLAYGATE_DATA_DIR: dataDir,
      PLAYGATE_STORE: 'memory',
      PLAYGATE_SHED_LOAD: 'off',
    };
    const child = spawn(process.execPath, ['--conditions=@playgate/source', main], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the gateway did not start: ${said}`)), START_MS_MAX);
      child.stdout?.on('data', (chunk) => {
        said += chunk;
        if (!said.includes('is ready')) return;
        clearTimeout(late);
        resolve();
      });
      child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${said}`)));
    }).catch((error: unknown) => {
      child.kill();
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    });
    const host = new GuardianHost(child, dataDir, JSON.parse(readFileSync(path.join(dataDir, 'demo.json'), 'utf8')));
    await host.prepare();
    return host;
  }

  /** The link as a guardian would open it on this machine. */
  async newLink(): Promise<string> {
    const { url } = await this.ask('POST', `/v1/players/${this.playerId}/guardian-links`, {});
    return `${this.baseUrl}/guardian${new URL(String(url)).hash}`;
  }

  readRules(): Promise<Fields> {
    return this.ask('GET', `/v1/players/${this.playerId}/guardian-rules`);
  }

  setRules(rules: Fields): Promise<Fields> {
    const free = { gameLimitMs: null, dayLimitMs: null, bedtimes: [], pause: null };
    return this.ask('PUT', `/v1/players/${this.playerId}/guardian-rules`, { ...free, ...rules });
  }

  /** Moves the child's clock on and beats once; the answer tells whether play goes on. */
  async play(ms: number): Promise<Fields> {
    await this.ask('POST', '/v1/sandbox/clock/advance', { ms });
    const { sessionId, sessionToken } = this.session;
    const beat = { seq: ++this.seq, state: 'active' };
    return this.ask('POST', `/v1/sessions/${sessionId}/heartbeats`, beat, String(sessionToken));
  }

  async revoke(): Promise<void> {
    await this.ask('DELETE', `/v1/players/${this.playerId}/guardian`);
  }

  private async prepare(): Promise<void> {
    const admin = this.adminToken;
    const { providerId } = await this.ask('POST', '/v1/admin/providers', { name: 'Studio' }, admin);
    const key = { kind: 'secret', mode: 'test' };
    this.secretKey = String((await this.ask('POST', `/v1/admin/providers/${providerId}/keys`, key, admin)).key);
    await this.ask('PUT', '/v1/sandbox/clock', { now: NOON });
    await this.ask('POST', '/v1/games', { gameId: 'sao', title: 'Vườn Sao', class: 'G1', rating: '00+' });
    const guardian = { relationship: 'parent', phone: '+84907654321', consentedAt: NOON };
    const child = { playerRef: 'kid', method: 'attested', birthDate: '2013-05-01', phone: '+84912345678' };
    const verified = await this.ask('POST', '/v1/age-verifications', { ...child, phoneVerified: true, guardian });
    this.playerId = String(verified.playerId);
    this.session = await this.ask('POST', '/v1/sessions', { ageToken: verified.ageToken, gameId: 'sao' });
    for (let step = 0; step < 50; step++) await this.play(30_000);
  }

  private async ask(method: string, where: string, body?: unknown, key = this.secretKey): Promise<Fields> {
    const headers = {
      Authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const response = await fetch(this.baseUrl + where, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
