// A gateway of this checkout as a process of its own, with embedded stores, its sandbox and one identity provider.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

const MAIN = path.join(import.meta.dirname, '../../../packages/gateway/src/main.ts');

export interface Sandbox {
  readonly secretKey: string;
  readonly games: readonly { readonly gameId: string; readonly rating: string }[];
}

export class GatewayProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #dataDir: string;

  private constructor(child: ChildProcess, url: string, dataDir: string) {
    this.#child = child;
    this.url = url;
    this.#dataDir = dataDir;
  }

  /** Resolves when it answers. Throws with what it said when it does not start. */
  static async start(port: number, dataDir: string, oidcFile: string): Promise<GatewayProcess> {
    const child = spawn(process.execPath, ['--conditions=@playgate/source', MAIN], {
      env: {
        ...process.env,
        PORT: String(port),
        PLAYGATE_DATA_DIR: dataDir,
        PLAYGATE_PUBLIC_URL: `http://127.0.0.1:${port}`,
        PLAYGATE_STORE: 'memory',
        PLAYGATE_SHED_LOAD: 'off',
        PLAYGATE_DEMO: 'on',
        PLAYGATE_OIDC_FILE: oidcFile,
        PLAYGATE_LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // Also when this program breaks.
    process.on('exit', () => child.kill());
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.includes('playgate is ready')) {
        child.stdout.resume();
        return new GatewayProcess(child, `http://127.0.0.1:${port}`, dataDir);
      }
    }
    throw new Error(`the gateway did not start: ${said}`);
  }

  get sandbox(): Sandbox {
    return JSON.parse(readFileSync(path.join(this.#dataDir, 'demo.json'), 'utf8')) as Sandbox;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** Free a moment ago, which is good enough for an example. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
