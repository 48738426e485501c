import type { BatchHeartbeatResult, EndReason } from '@playgate/contract/wire';
import type { PlaygateError } from '../errors.ts';

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
  readonly end: { readonly sessionId: string; readonly reason: EndReason; readonly isPredicted: boolean };
  /** The gateway knows no such session; it is not beaten for any more. */
  readonly unknown: { readonly sessionId: string; readonly code: string };
  /** A batch failed; its beats are sent again. */
  readonly error: PlaygateError;
  readonly offline: Readonly<Record<string, never>>;
  readonly online: Readonly<Record<string, never>>;
}

export type BeatEventType = keyof BeatEvents;

/** Calls listeners; what one throws is thrown again outside, and hinders no other. */
export class BeatEmitter {
  readonly #listeners = new Map<BeatEventType, Set<(event: never) => void>>();

  on<Type extends BeatEventType>(type: Type, listener: (event: BeatEvents[Type]) => void): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    const entry = (event: never) => listener(event);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  emit<Type extends BeatEventType>(type: Type, event: BeatEvents[Type]): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener(event as never);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
