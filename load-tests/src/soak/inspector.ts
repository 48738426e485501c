// Looks into a process of ours through Node's inspector: what is alive after a collection, which no figure from outside tells.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const OPEN_MS_MAX = 5_000;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly chunk?: string };
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: unknown };
}

export class Inspector implements Disposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #asked = 0;
  #onChunk: (chunk: string) => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
      else if (message.method === 'HeapProfiler.addHeapSnapshotChunk') this.#onChunk(message.params?.chunk ?? '');
    });
  }

  /** `port`: of `--inspect`. */
  static async open(port: number): Promise<Inspector> {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly {
      readonly webSocketDebuggerUrl: string;
    }[];
    const socket = new WebSocket(targets[0]!.webSocketDebuggerUrl);
    const { promise, reject, resolve } = Promise.withResolvers<void>();
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('the inspector does not answer')));
    const late = setTimeout(() => reject(new Error('the inspector did not answer in time')), OPEN_MS_MAX);
    await promise.finally(() => clearTimeout(late));
    return new Inspector(socket);
  }

  /** The value of an expression, as JSON holds it. Rejects when it throws. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    if (result?.exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(result)}`);
    return result?.result?.value as Value;
  }

  /** Writes the heap to a file, as the developer tools of browsers read it. The process stands still meanwhile. */
  async writeSnapshot(file: string): Promise<void> {
    const target = createWriteStream(file);
    this.#onChunk = (chunk) => target.write(chunk);
    await this.#ask('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    target.end();
    await once(target, 'close');
  }

  async #ask(method: string, params: object): Promise<Message> {
    const id = ++this.#asked;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const message = await promise;
    this.#waiting.delete(id);
    return message;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
