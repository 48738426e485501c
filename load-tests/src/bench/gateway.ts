// A built gateway as a process of its own, with the demo's provider, its test world and its keys.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deriveKey, loadSecrets } from '../../../packages/gateway/src/store/sql/secrets.ts';
import { JoseSessionTokens } from '../../../packages/gateway/src/tokens/jose-session-tokens.ts';
import { freePort } from '../servers.ts';
import { Program, ROOT, until } from './processes.ts';

export const GATEWAY_PROGRAM = path.join(ROOT, 'packages/gateway/dist/main.js');

/** As deploy/ and `npm start` start it; the programs beside it are started alike. */
export const NODE_FLAGS = ['--max-semi-space-size=16'];

interface Demo {
  readonly adminToken: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly providerId: string;
  readonly games: readonly { readonly gameId: string }[];
}

/** A provider's, of one world. */
export interface Studio {
  readonly secretKey: string;
  readonly gameId: string;
}

const LIVE_GAME = { gameId: 'live', title: 'Live', class: 'G1', rating: '00+' } as const;

export interface GatewayStores {
  readonly redisUrl: string;
  readonly databaseUrl: string;
}

/** How it is started, beyond what every gateway of a benchmark has. */
export interface GatewayLaunch {
  /** Flags of Node. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export class Gateway implements AsyncDisposable {
  readonly port: number;
  readonly redisUrl: string;
  readonly issuer: string;
  readonly program: Program;
  readonly #directory: string;

  private constructor(stores: GatewayStores, port: number, directory: string, { env = {}, flags = [] }: GatewayLaunch) {
    this.port = port;
    this.redisUrl = stores.redisUrl;
    this.issuer = `http://localhost:${port}`;
    this.#directory = directory;
    this.program = new Program(process.execPath, [...NODE_FLAGS, ...flags, GATEWAY_PROGRAM], {
      PORT: String(port),
      PLAYGATE_DATA_DIR: directory,
      PLAYGATE_DEMO: 'on',
      PLAYGATE_LOG_LEVEL: 'warn',
      REDIS_URL: stores.redisUrl,
      DATABASE_URL: stores.databaseUrl,
      ...env,
    });
  }

  static async start(stores: GatewayStores, launch: GatewayLaunch = {}): Promise<Gateway> {
    const directory = mkdtempSync(path.join(tmpdir(), 'playgate-bench-'));
    const gateway = new Gateway(stores, await freePort(), directory, launch);
    const isUp = async () => (await fetch(`${gateway.url}/readyz`)).ok && existsSync(path.join(directory, 'demo.json'));
    await until('the gateway', isUp, gateway.program);
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get demo(): Demo {
    return JSON.parse(readFileSync(path.join(this.#directory, 'demo.json'), 'utf8')) as Demo;
  }

  /** Its session tokens are made here: 100,000 of them through the API would take longer than all the rest. */
  async openTokens(): Promise<{ readonly tokens: JoseSessionTokens; readonly key: Uint8Array }> {
    const { masterKeys } = await loadSecrets({ dataDir: this.#directory });
    const keys = masterKeys.map(({ id, key }) => ({ id, key: deriveKey(key, 'session-token') }));
    return { tokens: new JoseSessionTokens({ issuer: this.issuer, keys }), key: keys[0]!.key };
  }

  /** A provider that is in the market, with a game. */
  async openLiveStudio(): Promise<Studio> {
    const { adminToken } = this.demo;
    const { providerId } = await this.call<{ providerId: string }>('/v1/admin/providers', { name: 'Live' }, adminToken);
    const kind = { kind: 'secret', mode: 'live' };
    const { key } = await this.call<{ key: string }>(`/v1/admin/providers/${providerId}/keys`, kind, adminToken);
    await this.call('/v1/games', LIVE_GAME, key);
    return { secretKey: key, gameId: LIVE_GAME.gameId };
  }

  /** Throws an Error with the answer when it is none of success. `key`: default the demo's, of its test world. */
  async call<Reply>(where: string, body: object, key = this.demo.secretKey): Promise<Reply> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(this.url + where, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${where}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Reply;
  }

  /** The age token of a new player of 17. */
  async verifyAge(playerRef: string, key?: string): Promise<string> {
    const phone = { phone: '+84901234567', phoneVerified: true };
    const player = { playerRef, method: 'attested', birthDate: birthDateOf(new Date()), ...phone };
    const { ageToken } = await this.call<{ ageToken: string }>('/v1/age-verifications', player, key);
    return ageToken;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const AGE_YEARS = 17;

function birthDateOf(now: Date): string {
  return `${now.getUTCFullYear() - AGE_YEARS}-01-01`;
}
