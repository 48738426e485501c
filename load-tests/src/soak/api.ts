// Requests beside heartbeats, as browsers and servers send them: connections come and go.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from './tally.ts';

/** Above every bound of the gateway. */
const ANSWER_MS_MAX = 10_000;
/** What a gateway that refuses for now asks for at least, and as much again, so that not all come back at once. */
const AGAIN_MS = 1_000;

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export class Api {
  readonly #url: string;
  readonly #tally: () => Tally;

  /** `tally`: of the present window. */
  constructor(url: string, tally: () => Tally) {
    this.#url = url;
    this.#tally = tally;
  }

  /** Null: it was refused, or failed; both are counted. */
  async call(call: Call): Promise<Reply | null> {
    const reply = await this.#send(call).catch((error: Error) => error);
    const tally = this.#tally();
    tally.count('answered');
    if (reply instanceof Error) tally.fail(`${call.method} ${call.path}: ${reply.message}`);
    else if (reply.status === 503) tally.count('shed');
    else if (reply.status > 299)
      tally.fail(`${call.method} ${call.path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    else return reply;
    return null;
  }

  /** Until it is answered. */
  async insist(call: Call): Promise<Reply> {
    for (;;) {
      const reply = await this.call(call);
      if (reply !== null) return reply;
      await sleep(AGAIN_MS * (1 + Math.random()));
    }
  }

  async #send({ body, headers, method, path, token }: Call): Promise<Reply> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Reply['body'] };
  }
}
