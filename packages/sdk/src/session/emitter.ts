// Calls the game's listeners. Whatever they throw is reported and never reaches the caller.
import { ListenerError } from '../errors.ts';
import type { AnySessionEvent, Listener, SessionEventType } from './events.ts';

type AnyListener = (event: AnySessionEvent) => void;

export class SessionEmitter {
  readonly #listeners = new Map<SessionEventType, Set<AnyListener>>();
  #isConsoleUsed = false;

  on<Type extends SessionEventType>(type: Type, listener: Listener<Type>): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    // Own identity per call: the same function subscribed twice is called twice and unsubscribed one by one.
    const entry: AnyListener = (event) => listener(event as Parameters<Listener<Type>>[0]);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  emit(event: AnySessionEvent): void {
    for (const listener of [...(this.#listeners.get(event.type) ?? [])]) {
      try {
        listener(event);
      } catch (cause) {
        this.#report(event.type, cause);
      }
    }
  }

  /** As an `error` event where somebody listens; else, and after `ended`, to the console, once per session. */
  #report(type: SessionEventType, cause: unknown): void {
    const error = new ListenerError(type, cause);
    const isHeard = (this.#listeners.get('error')?.size ?? 0) > 0;
    if (isHeard && type !== 'error' && type !== 'ended') {
      this.emit({ type: 'error', action: 'continue', error });
      return;
    }
    if (this.#isConsoleUsed) return;
    this.#isConsoleUsed = true;
    console.error(error);
  }
}
