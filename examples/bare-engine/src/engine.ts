// The host of the engine: a script context of its own, with the language and what it is handed, and a main loop that makes time.
import vm from 'node:vm';
import type { Engine, Login } from './game.ts';

interface Task {
  readonly id: number;
  readonly dueAtMs: number;
  readonly callback: () => void;
}

export class BareEngine {
  readonly lines: string[] = [];
  #nowMs = 0;
  #lastId = 0;
  #tasks: Task[] = [];
  #background: ((isHidden: boolean) => void)[] = [];
  #requests = 0;

  /** @param source a script, no module */
  run(source: string, login: Login): void {
    vm.runInNewContext(source, { engine: this.#bridge(), login });
  }

  /** Frames of the main loop, until that much time has gone by. */
  async playOn(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await this.#settle();
      const next = this.#tasks.toSorted((left, right) => left.dueAtMs - right.dueAtMs)[0];
      if (next === undefined || next.dueAtMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueAtMs);
      this.#tasks = this.#tasks.filter((task) => task !== next);
      next.callback();
    }
    this.#nowMs = untilMs;
  }

  setBackground(isHidden: boolean): void {
    for (const listener of this.#background) listener(isHidden);
  }

  #bridge(): Engine {
    return {
      http: async (method, url, headers, body) => {
        this.#requests += 1;
        try {
          const response = await fetch(url, { method, headers, body });
          return {
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: await response.text(),
          };
        } finally {
          this.#requests -= 1;
        }
      },
      uptimeMs: () => this.#nowMs,
      schedule: (callback, delayMs) => {
        this.#tasks.push({ id: ++this.#lastId, dueAtMs: this.#nowMs + Math.max(0, delayMs), callback });
        return this.#lastId;
      },
      unschedule: (id) => {
        this.#tasks = this.#tasks.filter((task) => task.id !== id);
      },
      onBackground: (listener) => {
        this.#background.push(listener);
        return () => {
          this.#background = this.#background.filter((known) => known !== listener);
        };
      },
      log: (line) => {
        this.lines.push(line);
        console.log(line);
      },
    };
  }

  /** Until no request is under way, and what came of them has been done. */
  async #settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#requests > 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
