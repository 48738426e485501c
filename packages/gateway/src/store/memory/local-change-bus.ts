import type { Change, ChangeBus, ChangeListener } from '../../directory/change-bus.ts';
import type { SessionSignal } from '../../push/session-signal.ts';

/** For a gateway that has its stores to itself: it tells nobody but its own parts. */
export class LocalChangeBus implements ChangeBus {
  readonly #listeners: ChangeListener[] = [];

  async publish(change: Change): Promise<boolean> {
    const results = await Promise.allSettled(this.#listeners.map(async (listener) => listener(change)));
    return results.every(({ status }) => status === 'fulfilled');
  }

  announce(signal: SessionSignal): void {
    void this.publish({ kind: 'sessions_changed', signals: [signal] });
  }

  subscribe(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  isListening(): boolean {
    return true;
  }

  async close(): Promise<void> {}
}
