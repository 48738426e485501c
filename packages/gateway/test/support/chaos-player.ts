// A player's client that does not give up: each beat is sent until the ledger has taken it, whatever dies meanwhile. What it
// knows was taken is what has to be on record.
const RETRY_MS = 50;
const BEAT_EVERY_MS = 60;
const ANSWER_MS_MAX = 3_000;

interface Answer {
  readonly source?: string;
  readonly verdict?: string;
}

export class ChaosPlayer {
  readonly sessionId: string;
  readonly #baseUrl: () => string;
  readonly #token: string;
  #seq = 0;
  /** Turns from play to pause that were taken. */
  pauses = 0;
  /** Beats that were taken by the ledger. */
  taken = 0;
  /** Beats that were not, at the first attempt. */
  refused = 0;
  isOver = false;

  constructor(baseUrl: () => string, { sessionId, sessionToken }: { sessionId: string; sessionToken: string }) {
    this.#baseUrl = baseUrl;
    this.sessionId = sessionId;
    this.#token = sessionToken;
  }

  /** Plays and pauses in turn until it is over; then closes. */
  async play(): Promise<void> {
    while (!this.isOver) {
      await this.#beat('active');
      await this.#beat('paused');
      this.pauses += 1;
    }
    await this.#until(`sessions/${this.sessionId}/close`, { reason: 'quit' }, ({ status }) => status === 200);
  }

  async #beat(state: 'active' | 'paused'): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, BEAT_EVERY_MS));
    this.#seq += 1;
    // An answer that rests on the lease says that the ledger did not hear of it.
    await this.#until(
      `sessions/${this.sessionId}/heartbeats`,
      { seq: this.#seq, state },
      ({ body, status }) => status === 200 && body.source === 'live',
    );
    this.taken += 1;
  }

  async #until(
    path: string,
    body: object,
    isTaken: (answer: { readonly status: number; readonly body: Answer }) => boolean,
  ): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#post(path, body).catch(() => null);
      if (answer !== null && isTaken(answer)) return;
      if (attempt === 0) this.refused += 1;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async #post(path: string, body: object) {
    const response = await fetch(`${this.#baseUrl()}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }
}
