// One machine, one model gateway and a network that loses and delays, in virtual time and without I/O.
import type { HeartbeatReply } from '@playgate/contract/wire';
import { ConnectionError, GatewayError, type PlaygateError } from '../src/errors.ts';
import type { AnySessionEvent } from '../src/session/events.ts';
import { openedState, step } from '../src/session/machine.ts';
import { forecastFrom } from '../src/session/predictor.ts';
import type { GatewayRequest, Input, MachineConfig, SessionState } from '../src/session/state.ts';
import { ModelGateway, type ModelRules, RULES } from './model-gateway.ts';

export const CONFIG: MachineConfig = {
  locale: 'en',
  graceToSaveMs: 30_000,
  pauseWhenHidden: true,
  keepWhenLeft: false,
  confirmMs: 5_000,
};

/** What becomes of a request: `lost` never arrives, `unanswered` arrives but its answer does not, `busy` is a 503. */
export interface Fate {
  readonly kind: 'answered' | 'lost' | 'unanswered' | 'busy' | 'gone';
  readonly thereMs: number;
  readonly backMs: number;
}
export const PROMPT: Fate = { kind: 'answered', thereMs: 0, backMs: 0 };

export interface SimulationOptions {
  readonly rules?: Partial<ModelRules>;
  readonly config?: Partial<MachineConfig>;
  /** Called for each request sent, retries included. */
  fate?(request: GatewayRequest): Fate;
  random?(): number;
  startRoundTripMs?: number;
  /** Answers in place of the model. */
  readonly books?: Books;
}

export type Books = Pick<ModelGateway, 'allowance' | 'beat' | 'closed'>;

interface Delivery {
  readonly at: number;
  readonly attempt: number;
  run(): void;
}

function problem(status: number, code: 'ledger_unavailable' | 'not_found', retryAfterMs: number | null) {
  return new GatewayError({ code, status, detail: code, requestId: null, retryAfterMs, fields: [] });
}

const REFUSALS: Readonly<Partial<Record<Fate['kind'], GatewayError>>> = {
  busy: problem(503, 'ledger_unavailable', 1_000),
  gone: problem(404, 'not_found', null),
};

export class Simulation {
  now = 0;
  state: SessionState;
  readonly gateway: ModelGateway;
  readonly #books: Books;
  readonly events: AnySessionEvent[] = [];
  readonly sent: { readonly at: number; readonly request: GatewayRequest }[] = [];
  readonly config: MachineConfig;
  /** Checked after every step. */
  check: () => void = () => {};
  readonly #options: SimulationOptions;
  #deliveries: Delivery[] = [];
  #attempt = 0;
  #wakeAt: number | null = 0;

  constructor(options: SimulationOptions = {}) {
    this.#options = options;
    this.config = { ...CONFIG, ...options.config };
    this.gateway = new ModelGateway({ ...RULES, ...options.rules }, 0);
    this.#books = options.books ?? this.gateway;
    const receivedAt = options.startRoundTripMs ?? 0;
    const forecast = forecastFrom(this.#books.allowance(0), 0, { sentAt: 0, receivedAt });
    this.now = receivedAt;
    this.#wakeAt = receivedAt;
    this.state = openedState(forecast, { now: this.now, random: this.#random() });
  }

  types(): string[] {
    return this.events.map(({ type }) => type).filter((type) => type !== 'tick');
  }

  /** Lets everything happen that is due up to then, each at its own instant. */
  runUntil(at: number): this {
    for (let next = this.#nextAt(); next !== null && next <= at; next = this.#nextAt()) {
      this.now = Math.max(this.now, next);
      this.#runOne();
    }
    this.now = Math.max(this.now, at);
    return this;
  }

  /** Time passes and nothing runs: a lid closed, a tab frozen. */
  sleep(ms: number): this {
    this.now += ms;
    return this;
  }

  input(input: Input): this {
    const { state, effects } = step(this.config, this.state, input, { now: this.now, random: this.#random() });
    this.state = state;
    for (const effect of effects) {
      if (effect.type === 'emit') this.events.push(effect.event);
      else if (effect.type === 'wake') this.#wakeAt = effect.at;
      else this.#send(effect.request);
    }
    this.check();
    return this;
  }

  #random(): number {
    return this.#options.random?.() ?? 0;
  }

  #nextAt(): number | null {
    const times = this.#deliveries.map(({ at }) => at);
    if (this.#wakeAt !== null) times.push(this.#wakeAt);
    return times.length === 0 ? null : Math.min(...times);
  }

  #runOne(): void {
    const delivery = this.#deliveries.find(({ at }) => at <= this.now);
    if (delivery !== undefined) {
      this.#deliveries = this.#deliveries.filter((other) => other !== delivery);
      delivery.run();
      return;
    }
    this.#wakeAt = null;
    this.input({ type: 'timer' });
  }

  #send(request: GatewayRequest): void {
    this.sent.push({ at: this.now, request });
    this.#attempt += 1;
    const attempt = this.#attempt;
    const fate = this.#options.fate?.(request) ?? PROMPT;
    const timeoutMs = this.config.confirmMs;
    const arrivesAt = this.now + fate.thereMs;
    const refusal = REFUSALS[fate.kind];
    if (refusal !== undefined) {
      this.#failAt(arrivesAt + fate.backMs, refusal);
      return;
    }
    if (fate.kind !== 'answered' || fate.thereMs + fate.backMs > timeoutMs) {
      this.#failAt(this.now + timeoutMs, new ConnectionError('timeout', 'No answer'));
    }
    if (fate.kind !== 'lost') this.#deliver(arrivesAt, null, () => this.#arrive(request, fate, attempt));
  }

  #failAt(at: number, error: PlaygateError): void {
    this.#deliver(at, this.#attempt, () => this.input({ type: 'failed', error }));
  }

  #arrive(request: GatewayRequest, fate: Fate, attempt: number): void {
    if (request.kind === 'close') {
      this.#books.closed ??= request.body;
      if (fate.kind === 'answered') {
        this.#deliver(this.now + fate.backMs, attempt, () => this.input({ type: 'closeAnswered' }));
      }
      return;
    }
    const reply: HeartbeatReply = this.#books.beat(request.body, this.now);
    if (fate.kind !== 'answered') return;
    this.#deliver(this.now + fate.backMs, attempt, () => this.input({ type: 'beatAnswered', reply }));
  }

  /** @param attempt what comes back for an attempt that was given up is dropped; null: on the way there */
  #deliver(at: number, attempt: number | null, act: () => void): void {
    const run = () => {
      if (attempt === null || attempt === this.#attempt) act();
    };
    this.#deliveries = [...this.#deliveries, { at, attempt: attempt ?? 0, run }].sort((a, b) => a.at - b.at);
  }
}
