// Requests that keep their connections and never outlive their time; every one that was late is known.
import { Agent, request } from 'node:http';

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

export class HttpClient implements Disposable {
  baseUrl: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  /** How long every request took, with an answer or without. */
  readonly tookMs: number[] = [];

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
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
        this.tookMs.push(performance.now() - startedAt);
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

  /** As `post`. Throws an Error with the answer when it is none of success. */
  async must<Body>(path: string, token: string, body: object | null, method = 'POST'): Promise<Body> {
    const reply = await this.send(method, path, token, body);
    if (reply.status < 200 || reply.status > 299) {
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    }
    return reply.body as Body;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

function parse(chunks: readonly Buffer[]): unknown {
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
