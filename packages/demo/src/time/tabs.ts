// The other tabs of the demo in this browser: who plays there, and going through time together.
import type { DemoTime } from '../demo-api.ts';

export interface Presence {
  readonly playerRef: string;
  readonly gameId: string;
  readonly isPlaying: boolean;
  readonly remainingMs: number | null;
}

type Message =
  | { readonly type: 'hello' }
  | { readonly type: 'presence'; readonly presence: Presence; readonly answersStep: number | null }
  | { readonly type: 'bye' }
  /** `leave`: sessions end first, because time is skipped and not played. */
  | { readonly type: 'depart'; readonly leave: boolean; readonly step: number }
  | { readonly type: 'step'; readonly step: number; readonly at: number }
  | { readonly type: 'arrive'; readonly time: DemoTime };

/** What a tab does when another one leads it through time. Promises resolve when its own session has followed. */
export interface Follower {
  presence(): Presence;
  depart(leave: boolean): Promise<void>;
  step(at: number): Promise<void>;
  arrive(time: DemoTime): void;
  tabsChanged(): void;
}

/** A tab that does not answer a step by then is left behind; it asks for the time itself. */
const ANSWER_MS_MAX = 2_000;

export class Tabs {
  readonly #channel = new BroadcastChannel('playgate-demo');
  readonly #self = `${performance.timeOrigin}-${Math.random()}`;
  readonly #others = new Map<string, Presence>();
  readonly #follower: Follower;
  #step = 0;
  #awaited: { readonly step: number; readonly from: Set<string>; readonly done: () => void } | null = null;

  constructor(follower: Follower) {
    this.#follower = follower;
    this.#channel.onmessage = ({ data }) => this.#take(data.from, data.message);
    this.#send({ type: 'hello' });
    window.addEventListener('pagehide', () => this.#send({ type: 'bye' }));
  }

  get others(): readonly Presence[] {
    return [...this.#others.values()];
  }

  announce(answersStep: number | null = null): void {
    this.#send({ type: 'presence', presence: this.#follower.presence(), answersStep });
  }

  depart(leave: boolean): Promise<void> {
    return this.#lead((step) => ({ type: 'depart', leave, step }));
  }

  step(at: number): Promise<void> {
    return this.#lead((step) => ({ type: 'step', step, at }));
  }

  arrive(time: DemoTime): void {
    this.#send({ type: 'arrive', time });
  }

  async #lead(message: (step: number) => Message): Promise<void> {
    const step = ++this.#step;
    if (this.#others.size === 0) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        for (const tab of this.#awaited?.from ?? []) this.#others.delete(tab);
        resolve();
      }, ANSWER_MS_MAX);
      const done = () => {
        clearTimeout(late);
        resolve();
      };
      this.#awaited = { step, from: new Set(this.#others.keys()), done };
      this.#send(message(step));
    });
    this.#awaited = null;
  }

  #take(from: string, message: Message): void {
    if (message.type === 'hello') this.announce();
    else if (message.type === 'bye') this.#forget(from);
    else if (message.type === 'presence') this.#takePresence(from, message.presence, message.answersStep);
    else if (message.type === 'depart') void this.#answer(message.step, this.#follower.depart(message.leave));
    else if (message.type === 'step') void this.#answer(message.step, this.#follower.step(message.at));
    else this.#follower.arrive(message.time);
  }

  async #answer(step: number, work: Promise<void>): Promise<void> {
    await work;
    this.announce(step);
  }

  #takePresence(from: string, presence: Presence, answersStep: number | null): void {
    this.#others.set(from, presence);
    const awaited = this.#awaited;
    if (awaited !== null && awaited.step === answersStep) {
      awaited.from.delete(from);
      if (awaited.from.size === 0) awaited.done();
    }
    this.#follower.tabsChanged();
  }

  #forget(tab: string): void {
    this.#others.delete(tab);
    this.#follower.tabsChanged();
  }

  #send(message: Message): void {
    this.#channel.postMessage({ from: this.#self, message });
  }
}
