// What a scenario plays on: a gateway process over a Redis and a database of its own, a tenant, and players.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FaultProxy } from '../../../packages/gateway/test/support/fault-proxy.ts';
import { type PostgresServer, startPostgres } from '../../../packages/gateway/test/support/postgres-server.ts';
import { RedisServer } from '../../../packages/gateway/test/support/redis-server.ts';
import { writeTestSecrets } from '../../../packages/gateway/test/support/secrets.ts';
import { ChaosGateway } from './gateway.ts';
import { HttpClient } from './http-client.ts';
import { HistoryPlayer, type OpenedPlayer, type PlayerPace } from './player.ts';
import { LONG_POLICY, type Pace, QUICK_PACE, SHORT_POLICY, writePolicies } from './policy.ts';

export const ADMIN_TOKEN = 'operator-token-of-the-chaos-suite';
const MINOR_BORN_YEARS_AGO = 16;
const ADULT_BORN_ON = '1990-01-01';
const OPENED_AT_ONCE_MAX = 16;
/** Setting up is no attack: thousands of players come through one key. */
const RATE = '1000000';
const SHORT_EVERY = 4;

export interface StageOptions {
  readonly pace?: Pace;
  /** Where the files of Redis lie; else in a directory of its own. */
  readonly redisDirectory?: string;
  /** Another Redis than the one that is started: its URL, as REDIS_URL has it. */
  readonly redisUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The gateway's time of day can be set. */
  readonly hasSetClock?: boolean;
}

export interface Crowd {
  /** Of each player, at once; default 1. */
  readonly devices?: number | undefined;
  readonly hasShort?: boolean | undefined;
}

interface Child {
  readonly playerId: string;
  readonly ageToken: string;
}

/** One for all scenarios of a run. */
export class Suite implements AsyncDisposable {
  /** Else the sources are run. */
  readonly isBuilt: boolean;
  /** Times as long as the targets say, where they are long. */
  readonly isFull: boolean;
  #postgres: Promise<PostgresServer> | null = null;
  readonly #open = new Set<AsyncDisposable>();

  constructor({ isBuilt, isFull }: Pick<Suite, 'isBuilt' | 'isFull'>) {
    this.isBuilt = isBuilt;
    this.isFull = isFull;
  }

  postgres(): Promise<PostgresServer> {
    this.#postgres ??= startPostgres();
    return this.#postgres;
  }

  /** What is stopped with the suite when a scenario is broken off. Tells how to let go of it. */
  track(part: AsyncDisposable): () => void {
    this.#open.add(part);
    return () => this.#open.delete(part);
  }

  /** Stops what a scenario has started and not stopped. */
  async breakOff(): Promise<void> {
    const parts = [...this.#open].reverse();
    this.#open.clear();
    for (const part of parts) await part[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.breakOff();
    await (await this.#postgres)?.stop();
  }
}

export class Stage implements AsyncDisposable {
  readonly suite: Suite;
  readonly redis: RedisServer;
  readonly proxy: FaultProxy;
  readonly gateway: ChaosGateway;
  readonly client: HttpClient;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly pace: Pace;
  secretKey = '';
  publishableKey = '';
  readonly #opened: AsyncDisposableStack;
  readonly #players: HistoryPlayer[] = [];

  private constructor(
    parts: Pick<Stage, 'suite' | 'redis' | 'proxy' | 'gateway' | 'databaseUrl' | 'folder' | 'pace'>,
    opened: AsyncDisposableStack,
  ) {
    ({
      suite: this.suite,
      redis: this.redis,
      proxy: this.proxy,
      gateway: this.gateway,
      databaseUrl: this.databaseUrl,
      folder: this.folder,
      pace: this.pace,
    } = parts);
    this.client = opened.use(
      new HttpClient(parts.gateway.url, () => (parts.gateway.hasEnded ? null : parts.gateway.pid)),
    );
    this.#opened = opened;
  }

  static async open(suite: Suite, options: StageOptions = {}): Promise<Stage> {
    const { env = {}, pace = QUICK_PACE, redisDirectory, redisUrl } = options;
    await using opened = new AsyncDisposableStack();
    const folder = mkdtempSync(path.join(tmpdir(), 'playgate-stage-'));
    opened.defer(() => rmSync(folder, { recursive: true, force: true }));
    const policies = path.join(folder, 'policies');
    writePolicies(policies, pace);
    const databaseUrl = await (await suite.postgres()).createDatabase();
    const redis = opened.use(await startRedisIn(redisDirectory));
    const proxy = opened.use(await FaultProxy.start(redis.port));
    const settings = {
      REDIS_URL: redisUrl ?? proxy.url,
      DATABASE_URL: databaseUrl,
      PLAYGATE_ADMIN_TOKEN: ADMIN_TOKEN,
      PLAYGATE_SECRETS_FILE: await writeTestSecrets(folder),
      PLAYGATE_PUBLIC_URL: 'https://playgate.test',
      PLAYGATE_POLICY_DIR: policies,
      // How busy the machine is changes no lease and refuses nothing, but where that is the matter.
      PLAYGATE_SHED_LOAD: 'off',
      ...Object.fromEntries(
        ['STARTS', 'AGE_CHECKS', 'AGE_CHECKS_PROVIDER', 'REQUESTS'].map((name) => [`PLAYGATE_RATE_${name}`, RATE]),
      ),
      ...env,
    };
    const gateway = opened.use(
      await ChaosGateway.start({ isBuilt: suite.isBuilt, env: settings, hasSetClock: options.hasSetClock }),
    );
    const stage = new Stage({ suite, redis, proxy, gateway, databaseUrl, folder, pace }, opened.move());
    stage.#opened.defer(suite.track(stage));
    try {
      await stage.#openTenant();
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #openTenant(): Promise<void> {
    const { providerId } = await this.client.must<{ providerId: string }>('/v1/admin/providers', ADMIN_TOKEN, {
      name: 'Chaos',
    });
    this.secretKey = await this.makeKey(providerId, 'secret', 'live');
    this.publishableKey = await this.makeKey(providerId, 'publishable', 'live');
    for (const policyId of [LONG_POLICY, SHORT_POLICY]) {
      const game = { gameId: policyId, title: policyId, class: 'G1', rating: '00+', policyId };
      await this.client.must('/v1/games', this.secretKey, game);
    }
  }

  async makeKey(providerId: string, kind: 'secret' | 'publishable', mode: 'live' | 'test'): Promise<string> {
    const path = `/v1/admin/providers/${providerId}/keys`;
    return (await this.client.must<{ key: string }>(path, ADMIN_TOKEN, { kind, mode })).key;
  }

  async verify(playerRef: string, isAdult = false, key = this.secretKey): Promise<Child> {
    const birthDate = isAdult ? ADULT_BORN_ON : `${new Date().getUTCFullYear() - MINOR_BORN_YEARS_AGO}-01-01`;
    const facts = { method: 'attested', birthDate, phone: '+84901234567', phoneVerified: true };
    const verifying = this.client.must<Child>('/v1/age-verifications', key, {
      playerRef,
      ...facts,
    });
    return verifying.catch((error: Error) => {
      throw new Error(`${error.message}; the gateway's log ends with: ${this.gateway.errors.slice(-LOG_LENGTH_MAX)}`);
    });
  }

  /** Children, each with a session on each of its devices; every fourth in the game with the short day. */
  async openPlayers(count: number, pace: PlayerPace, crowd: Crowd = {}): Promise<readonly HistoryPlayer[]> {
    const { devices = 1, hasShort = true } = crowd;
    let next = 0;
    const openSome = async () => {
      while (next < count) {
        const index = next++;
        const child = await this.verify(`child-${index}`);
        const isShort = hasShort && index % SHORT_EVERY === 0;
        const opened: HistoryPlayer[] = [];
        for (let device = 0; device < devices; device++) opened.push(await this.#openPlayer(child, pace, isShort));
        const all = opened.map(({ played }) => played);
        for (const player of opened) player.devices.splice(0, 1, ...all);
        this.#players.push(...opened);
      }
    };
    await Promise.all(Array.from({ length: OPENED_AT_ONCE_MAX }, openSome));
    return this.#players;
  }

  async #openPlayer({ ageToken, playerId }: Child, pace: PlayerPace, isShort: boolean): Promise<HistoryPlayer> {
    const gameId = isShort ? SHORT_POLICY : LONG_POLICY;
    const reply = await this.client.succeed('/v1/sessions', this.publishableKey, { ageToken, gameId });
    const opened = reply.body as Omit<OpenedPlayer, 'openSentAt' | 'openAnsweredAt'>;
    const times = { openSentAt: reply.sentAt, openAnsweredAt: reply.answeredAt };
    const limitMs = isShort ? this.pace.shortLimitMs : null;
    return new HistoryPlayer(this.client, { ...opened, playerId, ageToken, gameId, limitMs, ...times }, pace);
  }

  /** Milliseconds until the gateway says it is ready (or is not), or null after `msMax`. */
  async msUntilReady(isReady: boolean, msMax: number): Promise<number | null> {
    const startedAt = performance.now();
    while (performance.now() - startedAt < msMax) {
      const { status } = await this.client.send('GET', '/readyz', '');
      if ((status === 200) === isReady) return performance.now() - startedAt;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const player of this.#players) player.isGivenUp = true;
    await this.#opened.disposeAsync();
  }
}

const POLL_MS = 50;
const LOG_LENGTH_MAX = 1_000;

/** A RedisServer keeps its files in the directory for temporary ones as it is when it starts. */
async function startRedisIn(directory: string | undefined): Promise<RedisServer> {
  if (directory === undefined) return RedisServer.start();
  const home = process.env.TMPDIR;
  process.env.TMPDIR = directory;
  const starting = RedisServer.start();
  try {
    return await starting;
  } finally {
    if (home === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = home;
  }
}
