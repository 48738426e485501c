// The built gateway as a process of its own, with embedded stores and its sandbox. The sandbox's clock stands until it is moved.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSandbox, type Sandbox } from './sandbox.ts';

const MAIN = path.join(import.meta.dirname, '../../../packages/gateway/dist/main.js');
const START_MS_MAX = 110_000;
/** Midday in Vietnam: far from midnight, where the day starts anew. */
const NOON = 'T12:00:00+07:00';

export class SandboxGateway implements AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly dataDir: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, dataDir: string) {
    this.#child = child;
    this.dataDir = dataDir;
    this.sandbox = readSandbox(dataDir);
  }

  /** @throws Error with what it said when it does not start */
  static async start(): Promise<SandboxGateway> {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'playgate-sandbox-'));
    const env = {
      PATH: process.env.PATH,
      PORT: '0',
      PLAYGATE_DATA_DIR: dataDir,
      PLAYGATE_STORE: 'memory',
      PLAYGATE_SHED_LOAD: 'off',
    };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await isReady(child);
      const gateway = new SandboxGateway(child, dataDir);
      await gateway.call('PUT', '/v1/sandbox/clock', { now: new Date().toISOString().slice(0, 10) + NOON });
      return gateway;
    } catch (error) {
      child.kill();
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  advanceClock(ms: number): Promise<unknown> {
    return this.call('POST', '/v1/sandbox/clock/advance', { ms });
  }

  /** Any operation of a provider's server. */
  async call<Reply>(method: string, route: string, body?: object): Promise<Reply> {
    const response = await fetch(this.sandbox.baseUrl + route, {
      method,
      headers: { Authorization: `Bearer ${this.sandbox.secretKey}`, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return JSON.parse(text) as Reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

function isReady(child: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the gateway did not start: ${said}`)), START_MS_MAX);
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      if (!said.includes('playgate is ready')) return;
      clearTimeout(late);
      resolve();
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${said}`)));
  });
}
