import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** `total` where it became known or grew. */
  update(done: number, total?: number): void;
  stop(): void;
}

/** A bar on the standard error output while that is a terminal, else nothing. */
export function startProgress(what: string, total: number): Progress {
  const bar = new SingleBar(
    {
      format: `${what} {bar} {percentage}% {value}/{total}, {eta_formatted} left`,
      stream: process.stderr,
      noTTYOutput: false,
      hideCursor: true,
      etaBuffer: 100,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return {
    update: (done, newTotal) => {
      if (newTotal !== undefined) bar.setTotal(newTotal);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
