// Where the time of a single heartbeat goes: until it is checked and handed over, in the ledger, and the rest. The sessions
// ask the ledger in the same turn in which a heartbeat is handed to them, so who asks then is known without any context
// that is carried along; what is asked later (a plan that had run out) belongs to the rest.
import type { GatewayMetrics } from './metrics.ts';

/** Recording costs more than the steps are worth to know of every heartbeat. */
export const STEPS_WATCHED_EVERY = 16;

export class HeartbeatSteps {
  readonly #metrics: Pick<GatewayMetrics, 'heartbeatStep'>;
  #seen = 0;
  #handedOver: WatchedHeartbeat | null = null;

  constructor(metrics: Pick<GatewayMetrics, 'heartbeatStep'>) {
    this.#metrics = metrics;
  }

  /** Null: this one is not watched. */
  watch(operationId: string): WatchedHeartbeat | null {
    if (operationId !== 'recordHeartbeat' || this.#seen++ % STEPS_WATCHED_EVERY !== 0) return null;
    return new WatchedHeartbeat(this.#metrics, (heartbeat) => {
      this.#handedOver = heartbeat;
    });
  }

  /** The heartbeat that is being handed over in this very turn. */
  get handedOver(): WatchedHeartbeat | null {
    return this.#handedOver;
  }
}

export class WatchedHeartbeat {
  /** What the ledger took; null: it was not asked. */
  ledgerMs: number | null = null;
  readonly #metrics: Pick<GatewayMetrics, 'heartbeatStep'>;
  readonly #hold: (heartbeat: WatchedHeartbeat | null) => void;
  readonly #startedAt = performance.now();
  #admittedAt = 0;

  constructor(metrics: Pick<GatewayMetrics, 'heartbeatStep'>, hold: (heartbeat: WatchedHeartbeat | null) => void) {
    this.#metrics = metrics;
    this.#hold = hold;
  }

  /** Before the sessions are called. */
  onAdmitted(): void {
    this.#admittedAt = performance.now();
    this.#hold(this);
  }

  /** In the same turn, once they have been called. */
  onHandedOver(): void {
    this.#hold(null);
  }

  /** The answer is given. A heartbeat that never reached the ledger is not told. */
  onAnswered(): void {
    if (this.ledgerMs === null) return;
    const serviceMs = performance.now() - this.#admittedAt;
    this.#metrics.heartbeatStep('admit', this.#admittedAt - this.#startedAt);
    this.#metrics.heartbeatStep('ledger', this.ledgerMs);
    this.#metrics.heartbeatStep('answer', Math.max(0, serviceMs - this.ledgerMs));
  }
}
