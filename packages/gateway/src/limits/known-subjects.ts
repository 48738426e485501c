// Who is counted apart inside one process, bounded: whoever makes up ever new subjects to get around a quota must not fill the memory.

/** Of one quota and window, about 200 bytes each; more than beats of different sessions a process answers in ten seconds. */
export const SUBJECTS_MAX = 200_000;
/** Under this name all are counted who find no room: together they have what one may do. */
export const OTHERS = 'others';

export class KnownSubjects {
  readonly #windowMs: number;
  readonly #subjectsMax: number;
  readonly #stopwatch: { now(): number };
  readonly #known = new Set<string>();
  #endsAtMs = 0;

  /** `stopwatch`: monotonic ms. Default: `performance`. */
  constructor(windowMs: number, subjectsMax = SUBJECTS_MAX, stopwatch: { now(): number } = performance) {
    this.#windowMs = windowMs;
    this.#subjectsMax = subjectsMax;
    this.#stopwatch = stopwatch;
  }

  /** Under what a subject is counted. */
  nameOf(subject: string): string {
    const nowMs = this.#stopwatch.now();
    if (nowMs >= this.#endsAtMs) {
      this.#known.clear();
      this.#endsAtMs = nowMs + this.#windowMs;
    }
    if (this.#known.has(subject)) return subject;
    if (this.#known.size >= this.#subjectsMax) return OTHERS;
    this.#known.add(subject);
    return subject;
  }
}
