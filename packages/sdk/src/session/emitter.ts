// Calls the game's listeners. Whatever they throw, at once or later, is reported and never reaches the caller.
import { ListenerError } from '../errors.ts';
import type { AnySessionEvent, Listener, SessionEventType } from './events.ts';

/** A listener may be an async function, whatever its type says. */
type AnyListener = (event: AnySessionEvent) => unknown;

export class SessionEmitter {
  readonly #listeners = new Map<SessionEventType, Set<AnyListener>>();
  #isConsoleUsed = false;
  #isOver = false;

  on<Type extends SessionEventType>(type: Type, listener: Listener<Type>): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    // Own identity per call: the same function subscribed twice is called twice and unsubscribed one by one.
    const entry: AnyListener = (event) => listener(event as Parameters<Listener<Type>>[0]);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  emit(event: AnySessionEvent): void {
    if (event.type === 'ended') this.#isOver = true;
    for (const listener of [...(this.#listeners.get(event.type) ?? [])]) void this.#call(listener, event);
  }

  /** Never rejects. */
  async #call(listener: AnyListener, event: AnySessionEvent): Promise<void> {
    try {
      await listener(event);
    } catch (cause) {
      this.#report(event.type, cause);
    }
  }

  /** As an `error` event where somebody listens; else, and after `ended`, to the console, once per session. */
  #report(type: SessionEventType, cause: unknown): void {
    const error = new ListenerError(type, cause);
    const isHeard = (this.#listeners.get('error')?.size ?? 0) > 0;
    if (isHeard && type !== 'error' && !this.#isOver) {
      this.emit({ type: 'error', action: 'continue', error });
      return;
    }
    if (this.#isConsoleUsed) return;
    this.#isConsoleUsed = true;
    try {
      console.error(error);
    } catch {
      // A bare host has none.
    }
  }
}
