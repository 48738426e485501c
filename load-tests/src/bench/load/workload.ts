// Requests, rendered as far as they can be before the clock runs: the generator must cost less than what it measures.

/** The number of the request goes where `SEQ` stands in a body. */
export const SEQ = '\u0001';
/** Digits of a number where its length is told before it. */
export const SEQ_LENGTH = 10;

/** Text in ASCII alone, so that its length is its bytes. */
export interface WorkloadRequest {
  /** Request line and headers but for the length, each line ended. */
  readonly head: string;
  readonly body: string;
}

/** As a file of JSON holds it. */
export interface WorkloadFile {
  readonly requests: readonly WorkloadRequest[];
  /** Part of the body of every answer that is right. */
  readonly expect: string;
  /** Part of none that is right. */
  readonly reject?: string;
}

export class Workload {
  readonly expect: string;
  readonly reject: string | undefined;
  readonly size: number;
  readonly #heads: readonly string[];
  readonly #bodies: readonly (readonly string[])[];
  #turn = 0;

  constructor({ expect, reject, requests }: WorkloadFile) {
    this.expect = expect;
    this.reject = reject;
    this.size = requests.length;
    this.#heads = requests.map(({ head }) => head);
    this.#bodies = requests.map(({ body }) => body.split(SEQ));
  }

  /** The requests in turn, again and again, with a number that must rise. */
  next(seq: number): string {
    const index = this.#turn++ % this.size;
    const body = this.#bodies[index]!.join(String(seq));
    return `${this.#heads[index]}content-length: ${body.length}\r\n\r\n${body}`;
  }
}

export function requestHead(path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: '127.0.0.1', 'content-type': 'application/json', ...headers });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}`;
}
