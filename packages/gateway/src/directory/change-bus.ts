// What gateways of one deployment tell each other, so that none goes on by something another has changed. The database
// is the record of every change; a message only says "look again now". One that is lost costs the time to the next
// regular look, never a wrong answer for good.

import type { SessionSignal } from '../push/session-signal.ts';

export type Change =
  /** `keyHash`: as `hashCredential` makes it. */
  | { readonly kind: 'key_revoked'; readonly keyHash: string }
  | { readonly kind: 'sandbox_clock_moved'; readonly providerId: string }
  | { readonly kind: 'signing_keys_changed' }
  /** Documents of these were put in, taken out or exchanged. */
  | { readonly kind: 'policies_changed'; readonly policyIds: readonly string[] }
  /** Only by `announce`. */
  | { readonly kind: 'sessions_changed'; readonly signals: readonly SessionSignal[] }
  /** Never sent: messages may have been missed until now, so everything remembered is to be read again. */
  | { readonly kind: 'resumed' };

/** Resolves once the change holds in this process. */
export type ChangeListener = (change: Change) => void | Promise<void>;

export interface ChangeBus {
  /**
   * Tells every gateway, this one too. True: it holds in each that listens. False: somebody did not confirm within
   * CONFIRM_MS_MAX, or nobody could be told. Never rejects.
   */
  publish(change: Exclude<Change, { kind: 'resumed' | 'sessions_changed' }>): Promise<boolean>;
  /**
   * Tells every gateway, this one at once, and waits for nobody: listeners get `sessions_changed`. Signals of one turn of the
   * event loop go together; they may be lost, and are dropped where more wait than SIGNALS_WAITING_MAX. Never throws.
   */
  announce(signal: SessionSignal): void;
  subscribe(listener: ChangeListener): void;
  /** False: changes may pass unheard, so nothing remembered may be trusted for long. */
  isListening(): boolean;
  close(): Promise<void>;
}

/** A healthy gateway confirms within a few milliseconds; well below what a caller waits. */
export const CONFIRM_MS_MAX = 500;
/** A gateway that was cut off from the bus knows it after this long at the latest. */
export const DEAF_MS_MAX = 2_500;
