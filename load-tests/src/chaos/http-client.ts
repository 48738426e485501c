// Requests that keep their connections and never outlive their time; every one that was late is known.
import { Agent, request } from 'node:http';
import { ProcessorWaits } from './processor-waits.ts';
import { Stalls } from './stalls.ts';

export interface Reply {
  /** 0: there was no answer. */
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterS: number | null;
  /** Instants of this machine. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

const SOCKETS_MAX = 1_024;
/** Far above every bound: whoever is still without an answer then was forgotten. */
const GIVEN_UP_MS = 10_000;

/** How long a request was waited for, with an answer or without, less what the machine kept it waiting. */
export interface Waited {
  readonly what: string;
  readonly ms: number;
  /** Time in which this process was late itself, or the gateway got no processor: the longer of the two. */
  readonly machineMs: number;
  /** The longest wait of any request, with what the machine kept it waiting. */
  readonly rawMsMax: number;
}

const NOTHING_WAITED: Waited = { what: 'nothing', ms: 0, machineMs: 0, rawMsMax: 0 };

export class HttpClient implements Disposable {
  baseUrl: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  readonly #stalls = new Stalls();
  readonly #waits: ProcessorWaits;
  #slowest: Waited = NOTHING_WAITED;

  /** `pidOf`: of the process that answers, or null. */
  constructor(baseUrl: string, pidOf: () => number | null) {
    this.baseUrl = baseUrl;
    this.#waits = new ProcessorWaits(pidOf);
  }

  post(path: string, token: string, body: object): Promise<Reply> {
    return this.send('POST', path, token, body);
  }

  send(method: string, path: string, token: string, body: object | null = null): Promise<Reply> {
    const startedAt = performance.now();
    const sentAt = Date.now();
    const text = body === null ? '' : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== null && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve) => {
      const settle = (status: number, answer: unknown, retryAfterS: number | null) => {
        this.#noteWait(`${method} ${path}: ${status}`, startedAt);
        resolve({ status, body: answer, retryAfterS, sentAt, answeredAt: Date.now() });
      };
      const outgoing = request(`${this.baseUrl}${path}`, { method, headers, agent: this.#agent, timeout: GIVEN_UP_MS });
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => settle(0, null, null));
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => settle(0, null, null));
        response.on('end', () => {
          const after = response.headers['retry-after'];
          settle(response.statusCode ?? 0, parse(chunks), after === undefined ? null : Number(after));
        });
      });
      outgoing.end(text);
    });
  }

  /** The longest wait since this was last asked for. */
  takeSlowest(): Waited {
    const slowest = this.#slowest;
    this.#slowest = NOTHING_WAITED;
    return slowest;
  }

  #noteWait(what: string, startedAt: number): void {
    const tookMs = performance.now() - startedAt;
    if (tookMs > this.#slowest.rawMsMax) this.#slowest = { ...this.#slowest, rawMsMax: tookMs };
    if (tookMs <= this.#slowest.ms) return;
    const machineMs = Math.min(tookMs, Math.max(this.#stalls.since(startedAt), this.#waits.since(startedAt)));
    const ms = tookMs - machineMs;
    if (ms > this.#slowest.ms) this.#slowest = { ...this.#slowest, what, ms, machineMs };
  }

  /** The body of `succeed`. */
  async must<Body>(path: string, token: string, body: object | null, method = 'POST'): Promise<Body> {
    return (await this.succeed(path, token, body, method)).body as Body;
  }

  /**
   * As `post`, again and again while the gateway is busy: the attempt that was a success. Throws an Error with the answer that
   * is neither.
   */
  async succeed(path: string, token: string, body: object | null, method = 'POST'): Promise<Reply> {
    const startedAt = performance.now();
    for (;;) {
      const reply = await this.send(method, path, token, body);
      if (reply.status >= 200 && reply.status <= 299) return reply;
      if (codeOf(reply) !== BUSY || performance.now() - startedAt > BUSY_MS_MAX) {
        throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, BUSY_POLL_MS));
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
    this.#stalls[Symbol.dispose]();
    this.#waits[Symbol.dispose]();
  }
}

const BUSY = 'overloaded';
const BUSY_MS_MAX = 30_000;
const BUSY_POLL_MS = 500;

const codeOf = ({ body }: Reply): string | undefined => (body as { readonly code?: string } | null)?.code;

function parse(chunks: readonly Buffer[]): unknown {
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
