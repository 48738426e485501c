// The listening side: time limits for slow senders, answers to what is no HTTP, and an end that loses nothing.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { PROBLEM_MEDIA_TYPE } from '@playgate/contract';
import { PACE_MAX, type Policy } from '@playgate/policy';
import { Fault } from '../fault.ts';
import { ShortLivedSet } from '../short-lived-set.ts';
import { problemOf } from './problem.ts';

/** A whole request must be in by then. */
const REQUEST_MS_MAX = 30_000;
/** From the first byte of a request, however long the connection was idle before. */
const HEADERS_MS_MAX = 10_000;
const KEEP_ALIVE_GRACE_MS = 5_000;
/** Longer than load balancers keep idle connections, mostly 60 s, so that they close first. */
const KEEP_ALIVE_MS_MIN = 65_000;
/** Who beats more seldom may connect anew for it; the connections of those who are gone are not to be held for hours. */
const KEEP_ALIVE_MS_MAX = 600_000;

/**
 * How long an idle connection is kept where these policies are played by: longer than from one heartbeat to the next at the slowest
 * pace. A gateway that slows its clients down because it has much to do would else have each of them connect anew.
 */
export function keepAliveMsOf(policies: readonly Pick<Policy, 'document'>[]): number {
  const intervalMs = Math.max(0, ...policies.map(({ document }) => document.heartbeat.intervalMs));
  const wantedMs = intervalMs * PACE_MAX + KEEP_ALIVE_GRACE_MS;
  return Math.min(Math.max(KEEP_ALIVE_MS_MIN, wantedMs), KEEP_ALIVE_MS_MAX);
}

/**
 * Of one process: those of 100,000 sessions that stay open between heartbeats, and some of their streams. More are closed as they come,
 * and their clients go to another gateway. It bounds the requests under way too. Each takes a file descriptor: `LimitNOFILE` and `ulimits` in
 * deploy/ have room for them and for those of Redis, PostgreSQL and webhooks.
 */
export const CONNECTIONS_MAX = 120_000;
/** While draining, a connection that says nothing for so long is taken for idle. */
const DRAIN_IDLE_MS = 300;

export interface Drained {
  /** Requests that were cut off because they took too long. */
  readonly cutOff: number;
}

export class HttpServer {
  private readonly server: Server;
  private readonly inFlight = new ShortLivedSet<ServerResponse>();
  private draining = false;

  private constructor(listener: RequestListener) {
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS_MIN, requestTimeout: REQUEST_MS_MAX });
    this.server.headersTimeout = HEADERS_MS_MAX;
    this.server.maxConnections = CONNECTIONS_MAX;
    this.server.on('request', (request, response) => this.accept(listener, request, response));
    this.server.on('clientError', answerClientError);
  }

  /** Resolves when it listens; rejects with the system's error, say EADDRINUSE. */
  static async listen(
    listener: RequestListener,
    place: { readonly host: string; readonly port: number; readonly keepAliveMs: number },
  ): Promise<HttpServer> {
    const http = new HttpServer(listener);
    http.keepAlive(place.keepAliveMs);
    http.server.listen(place.port, place.host);
    await once(http.server, 'listening');
    return http;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Idle connections are kept for so long from their next answer on. */
  keepAlive(ms: number): void {
    this.server.keepAliveTimeout = ms;
  }

  /**
   * Stops listening, answers what comes in on open connections and closes each with its answer, then closes the idle
   * ones. What is not answered within `msMax` is cut off and counted.
   */
  async drain(msMax: number): Promise<Drained> {
    this.draining = true;
    // The http server's own close would first drop connections on which a request may be on its way.
    const closed = new Promise<void>((resolve) => void NetServer.prototype.close.call(this.server, () => resolve()));
    for (const response of this.inFlight) closeAfter(response);
    const idle = setTimeout(() => this.closeIdle(), DRAIN_IDLE_MS);
    let cutOff = 0;
    const late = setTimeout(() => {
      cutOff = this.inFlight.size;
      this.server.closeAllConnections();
    }, msMax);
    await closed;
    clearTimeout(idle);
    clearTimeout(late);
    // Ends the server's own timer.
    this.server.close();
    return { cutOff };
  }

  private closeIdle(): void {
    this.server.closeIdleConnections();
    // A connection that was answered just now without learning that it should close.
    for (const response of this.inFlight) response.once('close', () => this.server.closeIdleConnections());
  }

  private accept(listener: RequestListener, request: IncomingMessage, response: ServerResponse): void {
    response.once('close', this.inFlight.add(response));
    if (this.draining) closeAfter(response);
    listener(request, response);
  }
}

function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

/** What Node could not read as HTTP: too slow, too large or no HTTP at all. */
function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const fault = new Fault('invalid_request', 'The request is not HTTP as it should be, or came too slowly.');
  const body = JSON.stringify(problemOf(fault, randomUUID()));
  const head = ['HTTP/1.1 400 Bad Request', `Content-Type: ${PROBLEM_MEDIA_TYPE}`, 'Connection: close'];
  socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
