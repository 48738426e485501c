// The tabs in which one player plays one game. One of them leads: it alone talks to the gateway, the others follow what
// it says. Who leads is settled by a lock, which the browser frees when a tab dies; so is who is still there.
import { PlaygateError, type PlaygateErrorCode } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { AnySessionEvent } from '../session/events.ts';
import type { Input } from '../session/state.ts';
import type { TabChannel, TabHost } from './tab-host.ts';
import type { Running } from './tab-sharing.ts';

/** A leader that is there answers within milliseconds. One that is silent for so long is stuck, and is left alone. */
export const JOIN_WAIT_MS = 2_000;

export interface Presence {
  readonly isHidden: boolean;
  /** The game in this tab called `pause()`. */
  readonly isPaused: boolean;
}
const PRESENT: Presence = { isHidden: false, isPaused: false };

/** The leader's word, in its own monotonic clock. */
export interface Update extends Running {
  readonly kind: 'update';
  readonly events: readonly AnySessionEvent[];
  readonly presences: ReadonlyMap<string, Presence>;
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export type TabMessage =
  | Update
  | { readonly kind: 'hello' }
  /** The leader waits for the gateway; the session is told as soon as there is one. */
  | { readonly kind: 'starting' }
  /** Null: the tab is being left. */
  | { readonly kind: 'here'; readonly from: string; readonly presence: Presence | null }
  /** What a follower wants of the session. */
  | { readonly kind: 'input'; readonly input: Input };

export type Place =
  | { readonly role: 'lead' }
  | { readonly role: 'follow'; readonly update: Update }
  /** A leader is there and does not answer. */
  | { readonly role: 'alone' };

export class TabCircle {
  readonly id: string;
  readonly presences: Map<string, Presence>;
  /** Whoever runs the session listens here once there is one. */
  onMessage: (message: TabMessage) => void = () => {};
  onLead: () => void = () => {};
  /** A tab came, went, was hidden or paused. */
  onPresence: () => void = () => {};
  readonly #platform: Platform;
  readonly #tabs: TabHost;
  readonly #name: string;
  readonly #channel: TabChannel;
  readonly #releases = new Map<string, () => void>();

  constructor(platform: Platform, tabs: TabHost, name: string) {
    this.#platform = platform;
    this.#tabs = tabs;
    this.#name = name;
    this.id = platform.random().toString(36).slice(2) + platform.wallMs().toString(36);
    this.presences = new Map([[this.id, PRESENT]]);
    this.#channel = tabs.openChannel(name, (message) => this.#take(message as TabMessage));
  }

  join(): Promise<Place> {
    return new Promise((resolve) => {
      const settle = (place: Place) => {
        this.#platform.clearTimer(timer);
        this.onLead = this.onMessage = () => {};
        resolve(place);
      };
      const timer = this.#platform.setTimer(() => settle({ role: 'alone' }), JOIN_WAIT_MS);
      this.onMessage = (message) => {
        if (message.kind === 'starting') this.#platform.clearTimer(timer);
        if (message.kind === 'update') settle({ role: 'follow', update: message });
      };
      this.onLead = () => {
        this.onMessage = () => {};
        settle({ role: 'lead' });
        this.onMessage = ({ kind }) => kind === 'hello' && this.post({ kind: 'starting' });
        this.post({ kind: 'starting' });
      };
      // Its own lock first: whoever hears of this tab waits for that lock to learn of its death.
      this.#hold(this.id, () => this.post({ kind: 'hello' }));
      this.requestLead();
    });
  }

  get hasOthers(): boolean {
    return this.presences.size > 1;
  }

  post(message: TabMessage): void {
    this.#channel.post(message);
  }

  /** Tells the others how things stand in this tab; null: it is being left. */
  say(presence: Presence | null): void {
    if (presence === null) this.presences.delete(this.id);
    else this.presences.set(this.id, presence);
    this.post({ kind: 'here', from: this.id, presence });
  }

  meet(presences: Update['presences']): void {
    for (const [id, presence] of presences) if (id !== this.id) this.#see(id, presence);
  }

  requestLead(): void {
    this.#hold('', () => this.onLead());
  }

  /** To the next one in the queue; this tab queues up again. */
  passLead(): void {
    this.#release('');
    this.requestLead();
  }

  leave(): void {
    for (const key of [...this.#releases.keys()]) this.#release(key);
    this.onMessage = this.onLead = this.onPresence = () => {};
    this.#channel.close();
  }

  #take(message: TabMessage): void {
    if (message.kind === 'here') {
      this.#see(message.from, message.presence);
      this.onPresence();
    } else {
      this.onMessage(message);
    }
  }

  #see(id: string, presence: Presence | null): void {
    if (presence === null) {
      this.presences.delete(id);
      this.#release(id);
      return;
    }
    this.presences.set(id, presence);
    if (this.#releases.has(id)) return;
    this.#hold(id, () => {
      this.#see(id, null);
      this.onPresence();
    });
  }

  /** @param key of a tab, or empty: the lead */
  #hold(key: string, onHeld: () => void): void {
    this.#releases.set(key, this.#tabs.lock(`${this.#name}:${key}`, onHeld));
  }

  #release(key: string): void {
    this.#releases.get(key)?.();
    this.#releases.delete(key);
  }
}

/** An error does not survive the way to another tab as itself. */
export function toWire(events: readonly AnySessionEvent[]): AnySessionEvent[] {
  return events.map((event) => {
    if (!('error' in event)) return event;
    const { code, message, name } = event.error;
    return { ...event, error: { code, message, name } };
  });
}

export function fromWire(event: AnySessionEvent): AnySessionEvent {
  if (!('error' in event)) return event;
  const { code, message } = event.error as { readonly code: PlaygateErrorCode; readonly message: string };
  return { ...event, error: new PlaygateError(code, message) };
}
