// A reader of one session's events.
export interface StreamedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

export class EventStreamReader implements AsyncDisposable {
  readonly response: Response;
  readonly #abort: AbortController;
  readonly #events: StreamedEvent[] = [];
  readonly ended: Promise<void>;
  comments = 0;
  retryMs: number | null = null;
  #onEvent: () => void = () => {};
  #isEnded = false;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.ended = this.#read();
  }

  static async open(baseUrl: string, sessionId: string, token: string): Promise<EventStreamReader> {
    const abort = new AbortController();
    const headers = { authorization: `Bearer ${token}`, origin: 'https://game.example' };
    const response = await fetch(`${baseUrl}/v1/sessions/${sessionId}/events`, { headers, signal: abort.signal });
    return new EventStreamReader(response, abort);
  }

  /** The next event; null: the stream has ended. */
  async next(): Promise<StreamedEvent | null> {
    while (this.#events.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#onEvent = resolve;
      });
    }
    return this.#events.shift() ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  async #read(): Promise<void> {
    let text = '';
    try {
      for await (const chunk of this.response.body ?? []) {
        text += Buffer.from(chunk).toString();
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // Aborted, or the connection was lost.
    }
    this.#isEnded = true;
    this.#onEvent();
  }

  #take(block: string): void {
    const lines = block.split('\n');
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    if (block.startsWith(':')) this.comments += 1;
    const retry = field('retry');
    if (retry !== undefined) this.retryMs = Number(retry);
    const event = field('event');
    if (event === undefined) return;
    this.#events.push({ event, id: field('id'), data: JSON.parse(field('data') ?? 'null') });
    this.#onEvent();
  }
}
