// Work that is done again and again in real time: never twice at once, and a failure only means that it is tried later.

export interface RepeatedTaskOptions {
  readonly name: string;
  /** Pause between the end of one run and the start of the next. */
  readonly everyMs: number;
  readonly run: () => Promise<void>;
  readonly onError: (name: string, error: unknown) => void;
}

export class RepeatedTask {
  private readonly options: RepeatedTaskOptions;
  private timer: NodeJS.Timeout | null = null;
  private current: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(options: RepeatedTaskOptions) {
    this.options = options;
    this.plan();
  }

  /** Resolves when a run that was under way has ended; none follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.current;
  }

  private plan(): void {
    this.timer = setTimeout(() => {
      this.current = this.runOnce();
    }, this.options.everyMs).unref();
  }

  private async runOnce(): Promise<void> {
    const { name, run, onError } = this.options;
    try {
      await run();
    } catch (error) {
      onError(name, error);
    }
    if (!this.stopped) this.plan();
  }
}
