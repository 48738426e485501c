// A whole gateway in this process: real HTTP, real SQL (PGlite in memory), the memory store or a real Redis, and a clock
// that the test moves. Its client is typed by the contract.
import { join } from 'node:path';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import {
  findOperation,
  type Operation,
  type OperationId,
  type OperationOf,
  type Problem,
  type ReplyBody,
  type RequestBody,
} from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { DestinationStream } from 'pino';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { ChangeBus } from '../../src/directory/change-bus.ts';
import { loadPolicies } from '../../src/load-policies.ts';
import { type Gateway, startGateway } from '../../src/main.ts';
import type { Ledger } from '../../src/open-ledger.ts';
import type { Parts } from '../../src/parts.ts';
import type { SessionStore } from '../../src/sessions/session-store.ts';
import { LocalChangeBus } from '../../src/store/memory/local-change-bus.ts';
import { MemorySessionStore } from '../../src/store/memory/memory-session-store.ts';
import { RedisChangeBus } from '../../src/store/redis/redis-change-bus.ts';
import { createRequestClient, createWorkerClient } from '../../src/store/redis/redis-client.ts';
import { RedisSessionStore } from '../../src/store/redis/redis-session-store.ts';
import { type Database, openDatabase } from '../../src/store/sql/open-database.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { openTestDatabase } from './databases.ts';
import { testSecrets } from './secrets.ts';

export const ADMIN_TOKEN = 'operator-token-of-the-tests';

/** Stands still until it is moved. */
export class ManualClock implements Clock {
  private at: Instant;

  constructor(at: Instant) {
    this.at = at;
  }

  now(): Instant {
    return this.at;
  }

  set(at: Instant): void {
    this.at = at;
  }

  advance(ms: number): void {
    this.at += ms;
  }
}

export interface TestGatewayOptions {
  /** Default: the memory store. */
  readonly redisUrl?: string;
  /** Default: real time. */
  readonly clock?: Clock;
  /** Default: an empty one of its own. */
  readonly databaseUrl?: string;
  /** Default: those of the tests. */
  readonly secrets?: Parts['secrets'];
  /** Default: to the standard error output. */
  readonly logTo?: DestinationStream;
  /** Takes the spans; how many there are is set by PLAYGATE_TRACE_RATIO. */
  readonly traceTo?: SpanExporter;
  /** Obeyed where PLAYGATE_SHED_LOAD is on. Default: that of this process. */
  readonly load?: Parts['load'];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface RawRequest {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON, but for a string, which is sent as it is. */
  readonly body?: unknown;
}

type CallRequest<Id extends OperationId> = {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
} & (RequestBody<OperationOf<Id>> extends undefined
  ? { readonly body?: undefined }
  : { readonly body: RequestBody<OperationOf<Id>> });

/** A call that a test expected to be answered came back as a problem. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(operationId: string, problem: Problem) {
    super(`${operationId}: ${JSON.stringify(problem)}`);
    this.problem = problem;
  }
}

export interface Tenant {
  readonly providerId: string;
  readonly mode: 'test' | 'live';
  readonly secretKey: string;
  readonly publishableKey: string;
}

export class TestGateway implements AsyncDisposable {
  readonly baseUrl: string;
  readonly database: Database;
  readonly store: SessionStore;
  private readonly gateway: Gateway;

  private constructor(gateway: Gateway, database: Database, store: SessionStore) {
    this.gateway = gateway;
    this.baseUrl = gateway.baseUrl;
    this.database = database;
    this.store = store;
  }

  static async start(options: TestGatewayOptions = {}): Promise<TestGateway> {
    const clock = options.clock ?? { now: () => Date.now() };
    const config = readConfig({
      PORT: '0',
      PLAYGATE_PUBLIC_URL: 'https://playgate.test',
      PLAYGATE_DEMO: 'off',
      PLAYGATE_LOG_LEVEL: 'silent',
      // How busy the machine of the tests is decides no test.
      PLAYGATE_SHED_LOAD: 'off',
      PLAYGATE_WALLET_ISSUERS_FILE: join(import.meta.dirname, 'wallet-issuers.json'),
      ...options.env,
    });
    const { databaseUrl } = options;
    const database = databaseUrl === undefined ? await openTestDatabase() : await openDatabase({ databaseUrl });
    const ledger = await openTestLedger(options.redisUrl, clock);
    const gateway = await startGateway(config, {
      database,
      ledger,
      bus: await openTestBus(options.redisUrl),
      secrets: options.secrets ?? testSecrets(),
      adminToken: ADMIN_TOKEN,
      policies: await loadPolicies(config.policyId, config.policyDir),
      clock,
      logger: createLogger(config.logLevel, options.logTo),
      ...(options.traceTo !== undefined && { traceTo: options.traceTo }),
      ...(options.load !== undefined && { load: options.load }),
    });
    return new TestGateway(gateway, database, ledger.store);
  }

  /** An operation as the contract has it; throws a ProblemError unless it is answered with one of its replies. */
  async call<Id extends OperationId>(id: Id, request: CallRequest<Id>): Promise<Answer<ReplyBody<OperationOf<Id>>>> {
    const operation: Operation = findOperation(id)!;
    const query = request.query ? `?${new URLSearchParams(request.query)}` : '';
    const answer = await this.send(operation.method, pathOf(operation, request.params) + query, request);
    if (!(answer.status in operation.responses)) throw new ProblemError(id, answer.body as Problem);
    return answer as Answer<ReplyBody<OperationOf<Id>>>;
  }

  /** Anything, also what the contract forbids. */
  async send(method: string, path: string, { token, headers, body }: RawRequest = {}): Promise<Answer> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await textOf(response);
    const isJson = text !== '' && /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
  }

  /** A provider with a secret and a publishable key; with `providerId` the keys of one that is there. */
  async createTenant(mode: Tenant['mode'] = 'test', providerId?: string): Promise<Tenant> {
    return this.issueKeys(providerId ?? (await this.createProvider()), mode);
  }

  private async createProvider(): Promise<string> {
    return (await this.call('createProvider', { token: ADMIN_TOKEN, body: { name: 'Studio' } })).body.providerId;
  }

  private async issueKeys(providerId: string, mode: Tenant['mode']): Promise<Tenant> {
    const issue = async (kind: 'secret' | 'publishable') => {
      const request = { token: ADMIN_TOKEN, params: { providerId }, body: { kind, mode } };
      return (await this.call('issueKey', request)).body.key;
    };
    return { providerId, mode, secretKey: await issue('secret'), publishableKey: await issue('publishable') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.stop();
  }
}

export function pathOf({ path }: Operation, params: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? `no-${name}`);
}

/** Of a stream without an end what comes first; then the reader goes away. */
async function textOf(response: Response): Promise<string> {
  const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isEndless || response.body === null) return response.text();
  for await (const chunk of response.body) return Buffer.from(chunk).toString();
  return '';
}

async function openTestBus(redisUrl: string | undefined): Promise<ChangeBus> {
  return redisUrl === undefined ? new LocalChangeBus() : RedisChangeBus.connect(redisUrl, () => undefined);
}

async function openTestLedger(redisUrl: string | undefined, clock: Clock): Promise<Ledger> {
  if (redisUrl === undefined) {
    const store = new MemorySessionStore(clock);
    return {
      store,
      kind: 'memory',
      redis: null,
      description: 'memory',
      flush: async () => {},
      close: () => store.close(),
    };
  }
  const requests = createRequestClient(redisUrl);
  const worker = createWorkerClient(redisUrl);
  for (const client of [requests, worker]) client.on('error', () => undefined);
  await Promise.all([requests.connect(), worker.connect()]);
  const store = new RedisSessionStore({ requests, worker });
  await store.assertLayout();
  return {
    store,
    kind: 'redis',
    redis: requests,
    description: redisUrl,
    flush: async () => {},
    close: () => store.close(),
  };
}
