// The change bus over Redis pub/sub, on two connections of its own: one that listens, one that speaks. PUBLISH says how
// many gateways were reached and each of them confirms on the sender's channel, so the sender knows when all have acted.
// A node of a cluster passes messages on to the others but counts its own listeners only: there those are awaited that have
// said lately that they run.
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import {
  type Change,
  type ChangeBus,
  type ChangeListener,
  CONFIRM_MS_MAX,
  DEAF_MS_MAX,
} from '../../directory/change-bus.ts';
import {
  readSignal,
  type SessionSignal,
  SIGNALS_PER_MESSAGE_MAX,
  SIGNALS_WAITING_MAX,
} from '../../push/session-signal.ts';
import { LiveGateways } from './live-gateways.ts';
import { createRequestClient, createSubscriber, isCluster, type RedisClient } from './redis-client.ts';

const CHANGES = 'pg2:changes';
/** Signals to sessions: nobody confirms them. */
const SESSIONS = 'pg2:changes:sessions';
const CONFIRMATIONS = 'pg2:changes:confirmed:';
/** Changes that wait to be confirmed, for CONFIRM_MS_MAX at most; more are told as not confirmed. */
const CHANGES_PENDING_MAX = 1_000;
/** Two probes fit into DEAF_MS_MAX, so one that is late does not make a gateway deaf. */
const PROBE_EVERY_MS = 1_000;

interface Message {
  readonly id: string;
  readonly from: string;
  readonly change: Change;
}

interface SignalMessage {
  readonly from: string;
  readonly signals: readonly unknown[];
}

interface Pending {
  readonly confirmedBy: Set<string>;
  /** How many, or which; null until Redis has said it. */
  awaited: number | readonly string[] | null;
  readonly finish: (confirmed: boolean) => void;
}

export class RedisChangeBus implements ChangeBus {
  readonly #id = randomUUID();
  readonly #ear: Redis;
  readonly #mouth: RedisClient;
  readonly #gateways: LiveGateways;
  readonly #onTrouble: (what: string, error: unknown) => void;
  readonly #listeners: ChangeListener[] = [];
  readonly #pending = new Map<string, Pending>();
  readonly #probe: NodeJS.Timeout;
  #signals: SessionSignal[] = [];
  #subscribed = false;
  #wasSubscribed = false;
  #heardAtMs = 0;

  private constructor(url: string, onTrouble: (what: string, error: unknown) => void) {
    this.#onTrouble = onTrouble;
    this.#mouth = createRequestClient(url);
    this.#gateways = new LiveGateways(this.#mouth);
    this.#ear = createSubscriber(url, PROBE_EVERY_MS);
    // Whoever needs an answer is told by it; connections come back by themselves.
    for (const client of [this.#ear, this.#mouth]) client.on('error', () => undefined);
    this.#ear.on('message', (channel, text) => this.#hear(channel, text));
    this.#ear.on('close', () => {
      this.#subscribed = false;
    });
    this.#ear.on('ready', () => void this.#listen());
    this.#probe = setInterval(() => void this.#probeEar(), PROBE_EVERY_MS).unref();
  }

  /** Rejects when Redis cannot be reached. */
  static async connect(url: string, onTrouble: (what: string, error: unknown) => void): Promise<RedisChangeBus> {
    const bus = new RedisChangeBus(url, onTrouble);
    try {
      await Promise.all([bus.#ear.connect(), bus.#mouth.connect()]);
      await bus.#gateways.enter(bus.#id);
      await bus.#listen();
      return bus;
    } catch (error) {
      await bus.close();
      throw error;
    }
  }

  async publish(change: Change): Promise<boolean> {
    if (!this.isListening() || this.#pending.size >= CHANGES_PENDING_MAX) return false;
    const id = randomUUID();
    return new Promise<boolean>((resolve) => {
      const late = setTimeout(() => finish(false), CONFIRM_MS_MAX);
      const finish = (confirmed: boolean) => {
        clearTimeout(late);
        this.#pending.delete(id);
        resolve(confirmed);
      };
      const pending: Pending = { confirmedBy: new Set(), awaited: null, finish };
      this.#pending.set(id, pending);
      const message: Message = { id, from: this.#id, change };
      this.#send(JSON.stringify(message)).then(
        (awaited) => {
          pending.awaited = awaited;
          finishIfAll(pending);
        },
        (error: unknown) => {
          this.#onTrouble('a change could not be announced', error);
          finish(false);
        },
      );
    });
  }

  async #send(message: string): Promise<number | readonly string[]> {
    const reached = this.#mouth.publish(CHANGES, message);
    if (!isCluster(this.#mouth)) return reached;
    const [live] = await Promise.all([this.#gateways.list(), reached]);
    return live;
  }

  announce(signal: SessionSignal): void {
    void this.#tell({ kind: 'sessions_changed', signals: [signal] });
    if (!this.isListening() || this.#signals.length >= SIGNALS_WAITING_MAX) return;
    this.#signals.push(signal);
    if (this.#signals.length === 1) setImmediate(() => this.#sendSignals());
  }

  subscribe(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  isListening(): boolean {
    return this.#subscribed && performance.now() - this.#heardAtMs < DEAF_MS_MAX;
  }

  async close(): Promise<void> {
    clearInterval(this.#probe);
    this.#subscribed = false;
    this.#ear.disconnect();
    await this.#gateways.leave(this.#id).catch(() => undefined);
    this.#mouth.disconnect();
    for (const { finish } of [...this.#pending.values()]) finish(false);
  }

  async #listen(): Promise<void> {
    try {
      await this.#ear.subscribe(CHANGES, SESSIONS, CONFIRMATIONS + this.#id);
    } catch (error) {
      if (!this.#wasSubscribed) throw error;
      this.#ear.disconnect(true);
      return;
    }
    const isBack = this.#wasSubscribed && !this.#subscribed;
    this.#subscribed = true;
    this.#wasSubscribed = true;
    this.#heardAtMs = performance.now();
    if (isBack) await this.#tell({ kind: 'resumed' });
  }

  async #probeEar(): Promise<void> {
    if (!this.#subscribed) return;
    const wasListening = this.isListening();
    try {
      await Promise.all([this.#ear.ping(), this.#gateways.enter(this.#id)]);
      this.#heardAtMs = performance.now();
      // Silent, but connected all the time: still, whoever asked meanwhile was told not to trust what is remembered.
      if (!wasListening) await this.#tell({ kind: 'resumed' });
    } catch {
      this.#subscribed = false;
      this.#ear.disconnect(true);
    }
  }

  #hear(channel: string, text: string): void {
    if (channel === SESSIONS) this.#hearSignals(JSON.parse(text) as SignalMessage);
    else if (channel === CHANGES) void this.#act(JSON.parse(text) as Message);
    else this.#noteConfirmation(JSON.parse(text) as { readonly id: string; readonly by: string });
  }

  #sendSignals(): void {
    const signals = this.#signals;
    this.#signals = [];
    for (let at = 0; at < signals.length; at += SIGNALS_PER_MESSAGE_MAX) {
      const message: SignalMessage = { from: this.#id, signals: signals.slice(at, at + SIGNALS_PER_MESSAGE_MAX) };
      this.#mouth
        .publish(SESSIONS, JSON.stringify(message))
        .catch((error: unknown) => this.#onTrouble('sessions of other gateways were not told', error));
    }
  }

  #hearSignals({ from, signals }: SignalMessage): void {
    if (from === this.#id || !Array.isArray(signals)) return;
    const known = signals.slice(0, SIGNALS_PER_MESSAGE_MAX).flatMap((signal) => readSignal(signal) ?? []);
    void this.#tell({ kind: 'sessions_changed', signals: known });
  }

  async #act({ id, from, change }: Message): Promise<void> {
    if (!(await this.#tell(change))) return;
    await this.#mouth
      .publish(CONFIRMATIONS + from, JSON.stringify({ id, by: this.#id }))
      .catch((error: unknown) => this.#onTrouble('a change could not be confirmed', error));
  }

  async #tell(change: Change): Promise<boolean> {
    const results = await Promise.allSettled(this.#listeners.map(async (listener) => listener(change)));
    for (const result of results) {
      if (result.status === 'rejected') this.#onTrouble(`a change was not taken in: ${change.kind}`, result.reason);
    }
    return results.every(({ status }) => status === 'fulfilled');
  }

  #noteConfirmation({ id, by }: { readonly id: string; readonly by: string }): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.confirmedBy.add(by);
    finishIfAll(pending);
  }
}

function finishIfAll({ awaited, confirmedBy, finish }: Pending): void {
  if (awaited === null) return;
  const isComplete =
    typeof awaited === 'number' ? confirmedBy.size >= awaited : awaited.every((id) => confirmedBy.has(id));
  if (isComplete) finish(true);
}
