// Does what the machine asks for: sends, emits, sets the timer; and tells it what came of it. Decides nothing.
import type { PlaygateError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Call, GatewayClient, SessionAddress } from '../transport/gateway-client.ts';
import type { AnySessionEvent } from './events.ts';
import { step } from './machine.ts';
import type { Effect, GatewayRequest, Input, MachineConfig, SessionState } from './state.ts';

/** The wall clock moved on by this much more than the monotonic one: the machine slept and the latter stood still. */
const SLEPT_MS = 3_000;

export interface LoopParts {
  readonly platform: Platform;
  readonly client: GatewayClient;
  readonly address: SessionAddress;
  readonly config: MachineConfig;
  /** As of now; what is due is done in a later turn. */
  readonly state: SessionState;
  emit(event: AnySessionEvent): void;
  /** An input was worked off, with all that came of it at once. */
  settled?(): void;
}

/** Whole milliseconds, as the machine counts. */
export function monotonicNow(platform: Platform): number {
  return Math.floor(platform.monotonicMs());
}

export class HeartbeatLoop {
  /** Resolves once it does nothing any more. */
  readonly closed: Promise<void>;
  readonly #parts: LoopParts;
  #state: SessionState;
  #queue: Input[] = [];
  #isDraining = false;
  #isStopped = false;
  #call: Call<unknown> | null = null;
  #timer: unknown = null;
  #wallAheadMs: number;
  #resolveClosed = () => {};
  #stopWatching: (() => void) | null = null;

  /** The first thing due is done in a later turn, so that the game can subscribe first. */
  constructor(parts: LoopParts) {
    this.#parts = parts;
    const { platform, state } = parts;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const now = monotonicNow(platform);
    this.#wallAheadMs = platform.wallMs() - now;
    this.#state = state;
    this.#setTimer(now);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Inputs that arrive while one is being worked off, for example from a listener, wait for their turn. */
  dispatch(input: Input): void {
    if (this.#isStopped) return;
    this.#queue.push(input);
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#take(next);
    } finally {
      this.#isDraining = false;
    }
    this.#parts.settled?.();
    if (this.#state.phase === 'closed') this.#resolveClosed();
  }

  /** Stops without closing anything: another page goes on with the session. */
  abandon(): void {
    this.#stop();
    this.#queue = [];
    this.#resolveClosed();
  }

  #take(input: Input): void {
    const { platform, config } = this.#parts;
    const moment = { now: monotonicNow(platform), random: platform.random() };
    const { state, effects } = step(config, this.#state, input, moment);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (state.phase === 'closed') this.#stop();
  }

  #perform(effect: Effect): void {
    if (this.#isStopped && effect.type !== 'emit') return;
    if (effect.type === 'emit') this.#parts.emit(effect.event);
    else if (effect.type === 'wake') this.#setTimer(effect.at);
    else this.#send(effect.request);
  }

  #setTimer(at: number | null): void {
    const { platform } = this.#parts;
    if (this.#timer !== null) platform.clearTimer(this.#timer);
    this.#timer = null;
    if (at === null) return;
    this.#timer = platform.setTimer(() => this.#wake(), Math.max(0, Math.ceil(at - platform.monotonicMs())));
  }

  #wake(): void {
    const { platform } = this.#parts;
    this.#timer = null;
    this.#stopWatching ??= platform.watchPage((page) => this.dispatch({ type: 'page', page }));
    const wallAheadMs = platform.wallMs() - monotonicNow(platform);
    const hasSlept = wallAheadMs - this.#wallAheadMs > SLEPT_MS;
    this.#wallAheadMs = wallAheadMs;
    if (hasSlept) this.dispatch({ type: 'slept' });
    this.dispatch({ type: 'timer' });
  }

  #send(request: GatewayRequest): void {
    this.#call?.cancel();
    const { client, address } = this.#parts;
    if (request.kind === 'beat') {
      const call = client.heartbeat(address, request.body);
      this.#await(call, (reply) => ({ type: 'beatAnswered', reply }));
    } else {
      this.#await(client.close(address, request.body), () => ({ type: 'closeAnswered' }));
    }
  }

  #await<Reply>(call: Call<Reply>, answered: (reply: Reply) => Input): void {
    this.#call = call;
    const settle = (input: Input) => {
      if (this.#call !== call) return;
      this.#call = null;
      this.dispatch(input);
    };
    call.result.then(
      (reply) => settle(answered(reply)),
      (error: PlaygateError) => settle({ type: 'failed', error }),
    );
  }

  #stop(): void {
    this.#isStopped = true;
    this.#call?.cancel();
    this.#call = null;
    this.#setTimer(null);
    this.#stopWatching?.();
  }
}
