import type { BatchHeartbeatResult, EndReason } from '@playgate/contract/wire';
import { ListenerError, type PlaygateError } from '../errors.ts';

export type BeatAnswer = Extract<BatchHeartbeatResult, { readonly verdict: string }>;

export interface BeatEvents {
  /** Each answer to a heartbeat. */
  readonly result: BeatAnswer;
  /** Little is left: tell the player. Once per session. */
  readonly warn: { readonly sessionId: string; readonly remainingMs: number | null; readonly endsAt: string | null };
  /**
   * Play is over: stop the player now, then close the session. It is not beaten for any more. `isPredicted`: the gateway has
   * been away past the lease or past `endsAt`, so nobody may play on (reason `ledger_unavailable`, or the limit that was told).
   */
  readonly end: {
    readonly sessionId: string;
    readonly reason: EndReason;
    /** The word for it in the request that closes the session. */
    readonly closeReason: string;
    readonly isPredicted: boolean;
  };
  /** The gateway knows no such session; it is not beaten for any more. */
  readonly unknown: { readonly sessionId: string; readonly code: string };
  /** A batch failed, and its beats are sent again; or a listener threw or rejected (`listener_failed`). */
  readonly error: PlaygateError;
  readonly offline: Readonly<Record<string, never>>;
  readonly online: Readonly<Record<string, never>>;
}

export type BeatEventType = keyof BeatEvents;

export type BeatListener<Type extends BeatEventType> = (event: BeatEvents[Type]) => void;

/** Calls listeners; what one throws, or rejects with, hinders no other and never ends the process. */
export class BeatEmitter {
  readonly #listeners = new Map<BeatEventType, Set<(event: never) => unknown>>();

  on<Type extends BeatEventType>(type: Type, listener: BeatListener<Type>): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    const entry = (event: never) => listener(event);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  emit<Type extends BeatEventType>(type: Type, event: BeatEvents[Type]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        const done = listener(event as never);
        if (isThenable(done)) done.then(undefined, (cause: unknown) => this.#report(type, cause));
      } catch (cause) {
        this.#report(type, cause);
      }
    }
  }

  /** As an `error` event where somebody listens; else, and where that one threw, to the console. */
  #report(type: BeatEventType, cause: unknown): void {
    const error = new ListenerError(type, cause);
    if (type !== 'error' && (this.#listeners.get('error')?.size ?? 0) > 0) this.emit('error', error);
    else console.error(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
