// Two client profiles. Requests must answer within their time and never be resent behind our back
// (the client's defaults run a script twice when a reply is lost); the worker may wait. Each is the same whether one Redis, a
// primary named by Sentinels or a cluster is behind it.
import { type Cluster, Redis, type RedisOptions } from 'ioredis';
import { connectorToAny } from './any-node-connector.ts';
import { LedgerCluster } from './ledger-cluster.ts';
import { limitCommands } from './limit-commands.ts';
import { type ClusterRedis, parseRedisUrl, type RedisPlace, type SentinelRedis } from './redis-url.ts';
import {
  admitQuestion,
  expireSessions,
  listAgentSessions,
  mergeDay,
  moveOut,
  openSession,
  recordHeartbeats,
  renewSessions,
  restoreDay,
  restoreSession,
} from './scripts.generated.ts';

/** A request is refused as ledger_unavailable after this; below the 500 ms that callers are promised. */
export const COMMAND_TIMEOUT_MS = 400;
/** A connection without an answer for this long is dropped and made anew. */
export const SOCKET_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_DELAY_MS_MAX = 500;
/** Redis guesses how long it will still read its files; the client would wait for as long as it says, up to 10 s. */
const LOADING_ASK_EVERY_MS = 200;
const WORKER_COMMAND_TIMEOUT_MS = 5_000;

const scripts = {
  openSession: { lua: openSession, numberOfKeys: 5 },
  recordHeartbeats: { lua: recordHeartbeats },
  moveOut: { lua: moveOut, numberOfKeys: 2 },
  mergeDay: { lua: mergeDay, numberOfKeys: 1 },
  renewSessions: { lua: renewSessions, numberOfKeys: 2 },
  restoreDay: { lua: restoreDay, numberOfKeys: 1 },
  restoreSession: { lua: restoreSession, numberOfKeys: 2 },
  expireSessions: { lua: expireSessions, numberOfKeys: 2 },
  listAgentSessions: { lua: listAgentSessions, numberOfKeys: 2 },
  admitQuestion: { lua: admitQuestion, numberOfKeys: 1 },
};

/** Of a client that was sent to a replica: the primary is another one by now. */
const isDemoted = (error: Error): boolean => error.message.startsWith('READONLY');

const reconnectDelayMs = (attempt: number): number => Math.min(attempt * 50, RECONNECT_DELAY_MS_MAX);

const shared = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  maxLoadingRetryTime: LOADING_ASK_EVERY_MS,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
} satisfies RedisOptions;

/** Replies are mapped as the client does it by itself. */
type Options = Omit<RedisOptions, 'replyMapping'>;
interface Profile {
  readonly answerMsMax: number;
  readonly silentMsMax: number;
}

const REQUESTS: Profile = { answerMsMax: COMMAND_TIMEOUT_MS, silentMsMax: SOCKET_TIMEOUT_MS };
const WORKER: Profile = { answerMsMax: WORKER_COMMAND_TIMEOUT_MS, silentMsMax: WORKER_COMMAND_TIMEOUT_MS };

/** Commands are the same on both; those over all keys go to each of `primariesOf`. */
export type RedisClient = Redis | Cluster;

/** Not connected yet. `url`: any of REDIS_URL, or the path of a socket. Throws a TypeError for another. */
export function createRequestClient(url: string): RedisClient {
  return createClient(placeOf(url), REQUESTS);
}

/** As createRequestClient. */
export function createWorkerClient(url: string): RedisClient {
  return createClient(placeOf(url), WORKER);
}

/** One connection for subscriptions, which any node of a cluster can carry. It subscribes to nothing by itself again. */
export function createSubscriber(url: string, answerMsMax: number): Redis {
  const subscriber = createListening(placeOf(url));
  limitCommands(subscriber, { answerMsMax });
  return subscriber;
}

function createListening(place: RedisPlace): Redis {
  const options = { ...shared, autoResubscribe: false };
  if (place.kind !== 'cluster') return createSingle(place, options);
  const { nodes, tls } = place;
  return new Redis({
    ...options,
    ...accessOf(place),
    lazyConnect: true,
    retryStrategy: reconnectDelayMs,
    Connector: connectorToAny(nodes, tls),
  });
}

export const isCluster = (client: RedisClient): client is Cluster => client.isCluster;

/** Whoever holds a part of the keys. */
export const primariesOf = (client: RedisClient): readonly Redis[] =>
  isCluster(client) ? client.nodes('master') : [client as Redis];

function createClient(place: RedisPlace, { answerMsMax, silentMsMax }: Profile): RedisClient {
  const options = { ...shared, socketTimeout: silentMsMax };
  if (place.kind === 'cluster') {
    const redisOptions = { ...options, ...accessOf(place) };
    return new LedgerCluster(place.nodes, { answerMsMax, scripts, redisOptions });
  }
  const redis = createSingle(place, { ...options, scripts, enableOfflineQueue: false });
  limitCommands(redis, { answerMsMax });
  return redis;
}

function createSingle(place: Exclude<RedisPlace, ClusterRedis>, options: Options): Redis {
  const lasting = { ...options, lazyConnect: true, retryStrategy: reconnectDelayMs, reconnectOnError: isDemoted };
  if (place.kind === 'single') return new Redis(place.url, lasting);
  const { name, nodes, sentinelPassword, tls } = place;
  return new Redis({
    ...lasting,
    ...accessOf(place),
    sentinels: [...nodes],
    name,
    failoverDetector: true,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    sentinelRetryStrategy: reconnectDelayMs,
    ...(sentinelPassword !== null && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  });
}

function accessOf({ password, tls, username }: ClusterRedis | SentinelRedis): Options {
  return { ...(username !== null && { username }), ...(password !== null && { password }), ...(tls && { tls: {} }) };
}

function placeOf(url: string): RedisPlace {
  // The socket of an embedded one.
  const place: RedisPlace | null = url.startsWith('/') ? { kind: 'single', url } : parseRedisUrl(url);
  if (place === null) throw new TypeError('the URL of Redis is none');
  return place;
}
