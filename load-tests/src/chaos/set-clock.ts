// The other side of faked-clock.ts.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const POLL_MS = 5;
const READ_MS_MAX = 10_000;

export class SetClock {
  readonly file: string;

  /** `name`: of its file. The program starts with a clock that is so far ahead of the machine's. */
  constructor(folder: string, name: string, aheadMs = 0) {
    this.file = path.join(folder, `clock-${name}`);
    writeFileSync(this.file, String(aheadMs));
  }

  /** What the program is started with. */
  get env(): Readonly<Record<string, string>> {
    return { CHAOS_CLOCK: this.file };
  }

  static readonly words = [
    '--conditions=@playgate/source',
    `--import=${path.join(import.meta.dirname, 'faked-clock.ts')}`,
  ];

  /** Ahead of the machine's, behind it when negative. Resolves when the program goes by it. Throws an Error when it does not. */
  async set(aheadMs: number, signal: (name: NodeJS.Signals) => void): Promise<void> {
    writeFileSync(this.file, String(aheadMs));
    signal('SIGUSR2');
    const deadline = performance.now() + READ_MS_MAX;
    while (this.#read() !== String(aheadMs)) {
      if (performance.now() > deadline) throw new Error('the clock was not set');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #read(): string | null {
    try {
      return readFileSync(`${this.file}.read`, 'utf8');
    } catch {
      return null;
    }
  }
}
