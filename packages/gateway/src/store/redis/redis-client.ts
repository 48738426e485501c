// Two client profiles. Requests must answer within their time and never be resent behind our back
// (the client's defaults run a script twice when a reply is lost); the worker may wait.
import { Redis, type RedisOptions } from 'ioredis';
import {
  admitQuestion,
  expireSessions,
  listAgentSessions,
  mergeDay,
  moveOut,
  openSession,
  recordHeartbeats,
  renewSessions,
} from './scripts.generated.ts';

/** A request is refused as ledger_unavailable after this; below the 500 ms that callers are promised. */
export const COMMAND_TIMEOUT_MS = 400;
/** A connection without an answer for this long is dropped and made anew. */
export const SOCKET_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_DELAY_MS_MAX = 500;
const WORKER_COMMAND_TIMEOUT_MS = 5_000;

const shared = {
  lazyConnect: true,
  connectTimeout: CONNECT_TIMEOUT_MS,
  autoResendUnfulfilledCommands: false,
  retryStrategy: (attempt: number) => Math.min(attempt * 50, RECONNECT_DELAY_MS_MAX),
  scripts: {
    openSession: { lua: openSession, numberOfKeys: 5 },
    recordHeartbeats: { lua: recordHeartbeats },
    moveOut: { lua: moveOut, numberOfKeys: 2 },
    mergeDay: { lua: mergeDay, numberOfKeys: 1 },
    renewSessions: { lua: renewSessions, numberOfKeys: 2 },
    expireSessions: { lua: expireSessions, numberOfKeys: 2 },
    listAgentSessions: { lua: listAgentSessions, numberOfKeys: 2 },
    admitQuestion: { lua: admitQuestion, numberOfKeys: 1 },
  },
} satisfies RedisOptions;

export function createRequestClient(url: string): Redis {
  return new Redis(url, {
    ...shared,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
  });
}

export function createWorkerClient(url: string): Redis {
  return new Redis(url, {
    ...shared,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: WORKER_COMMAND_TIMEOUT_MS,
    socketTimeout: WORKER_COMMAND_TIMEOUT_MS,
  });
}
