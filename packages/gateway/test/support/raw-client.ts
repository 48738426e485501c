// Requests as bytes: what fetch would tidy up or refuse to send goes out as it is.
import { Agent, request } from 'node:http';

export interface BytesRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

export interface BytesAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Read as far as its first piece. */
const isEndless = (mediaType = ''): boolean => mediaType.startsWith('text/event-stream');

export class RawClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  readonly #baseUrl: URL;

  constructor(baseUrl: string) {
    this.#baseUrl = new URL(baseUrl);
  }

  send({ method, target, headers, body }: BytesRequest): Promise<BytesAnswer> {
    const { hostname, port } = this.#baseUrl;
    return new Promise((resolve, reject) => {
      const call = request({ agent: this.#agent, hostname, port, method, path: target, headers }, (response) => {
        const chunks: Buffer[] = [];
        const finish = () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode!, headers: response.headers, text });
        };
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (!isEndless(response.headers['content-type'])) return;
          finish();
          call.destroy();
        });
        response.on('error', reject);
        response.on('end', finish);
      });
      call.on('error', reject);
      call.end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
