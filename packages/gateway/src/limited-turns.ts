// Work that may hang, behind answers that must not: so much of it is under way at once, so much waits for a turn, and nobody waits
// longer than told. What was begun goes on when nobody waits for it any more, and keeps its turn until it has ended: a source that
// hangs is not asked over and over.
import { whenOverdue } from './answer-time.ts';

export interface TurnLimits {
  readonly underWayMax: number;
  /** More are refused at once. */
  readonly waitingMax: number;
}

/** Nothing is known of the work: it was not begun, or has not ended yet. */
export class TurnRefusedError extends Error {
  override readonly name = 'TurnRefusedError';
}

export class LimitedTurns {
  readonly #limits: TurnLimits;
  /** Each takes the turn that it is given, first come first. */
  readonly #waiting = new Set<() => void>();
  #underWay = 0;
  /** Of those under way: nobody waits for them any more. */
  #overdue = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /**
   * Does the work in its turn, and settles as it does. Rejects with a TurnRefusedError after that long, the wait for the turn
   * included; at once where too many wait, or where all that is under way is overdue.
   */
  run<Result>(waitMsMax: number, work: () => Promise<Result>): Promise<Result> {
    const reason = this.#refusal(waitMsMax);
    if (reason !== null) return Promise.reject(new TurnRefusedError(reason));
    return new Promise((resolve, reject) => {
      let isOverdue = false;
      const end = () => {
        callOff();
        if (isOverdue) this.#overdue--;
        this.#handOn();
      };
      const begin = async () => {
        this.#waiting.delete(begin);
        this.#underWay++;
        await (async () => work())().then(resolve, reject);
        end();
      };
      const callOff = whenOverdue(waitMsMax, () => {
        isOverdue = !this.#waiting.delete(begin);
        if (isOverdue) this.#overdue++;
        reject(new TurnRefusedError('it takes too long'));
      });
      if (this.#underWay < this.#limits.underWayMax) void begin();
      else this.#waiting.add(begin);
    });
  }

  #refusal(waitMsMax: number): string | null {
    const { underWayMax, waitingMax } = this.#limits;
    if (waitMsMax <= 0) return 'the time for it is over';
    if (this.#overdue >= underWayMax) return 'what is under way does not end';
    return this.#underWay >= underWayMax && this.#waiting.size >= waitingMax ? 'too many wait' : null;
  }

  #handOn(): void {
    this.#underWay--;
    const [next] = this.#waiting;
    next?.();
  }
}
