// A browser with several tabs in virtual time: locks in a queue, a channel that copies what it carries, and tabs that die.
import { tabSharingOver } from '../src/tabs/join-tabs.ts';
import type { TabHost } from '../src/tabs/tab-host.ts';
import type { LoadTabs } from '../src/tabs/tab-sharing.ts';
import { FakeHost } from './fake-host.ts';

interface Waiting {
  readonly tab: FakeTab;
  readonly onHeld: () => void;
}

interface Listening {
  readonly tab: FakeTab;
  readonly onMessage: (message: unknown) => void;
}

/** Text of one tab that outlives its reload, or of the browser. */
export class FakeStorage {
  readonly entries = new Map<string, string>();
  getItem = (key: string) => this.entries.get(key) ?? null;
  setItem = (key: string, text: string) => void this.entries.set(key, text);
  removeItem = (key: string) => void this.entries.delete(key);
}

export class FakeTab {
  readonly host = new FakeHost();
  readonly storage: FakeStorage;
  loadTabs: LoadTabs = async () => undefined;
  isDead = false;
  /** Not even messages reach a frozen tab. */
  isFrozen = false;

  constructor(storage: FakeStorage) {
    this.storage = storage;
  }
}

export class FakeBrowser {
  readonly tabs: FakeTab[] = [];
  readonly lasting = new FakeStorage();
  readonly #locks = new Map<string, Waiting[]>();
  readonly #channels = new Map<string, Set<Listening>>();
  /** Whether tabs know of each other. */
  readonly #canShare: boolean;

  constructor({ canShare = true } = {}) {
    this.#canShare = canShare;
  }

  /** Each tab has its own monotonic clock and the one wall clock. @param storage of the tab that is reloaded */
  openTab(storage = new FakeStorage()): FakeTab {
    const tab = new FakeTab(storage);
    const [first] = this.tabs;
    tab.host.monotonicMs = 500 + 10_000 * this.tabs.length;
    if (first !== undefined) tab.host.wallMs = first.host.wallMs;
    const seed = this.tabs.length + 1;
    const sharing = tabSharingOver({
      host: this.#canShare ? this.#hostOf(tab) : undefined,
      storage,
      lasting: this.lasting,
    });
    Object.assign(tab.host.platform, { random: () => 0.1 * seed });
    tab.loadTabs = async () => sharing;
    this.tabs.push(tab);
    return tab;
  }

  /** Leaves no word: no timer runs any more, nothing is sent, its locks are free. */
  kill(tab: FakeTab): void {
    tab.isDead = true;
    for (const listeners of this.#channels.values()) {
      for (const listening of listeners) if (listening.tab === tab) listeners.delete(listening);
    }
    for (const [name, queue] of this.#locks) {
      const holder = queue[0];
      const rest = queue.filter((waiting) => waiting.tab !== tab);
      this.#locks.set(name, rest);
      if (holder?.tab === tab) this.#grant(name);
    }
  }

  /** As the browser does it: the page is told, then it is gone. */
  async leave(tab: FakeTab): Promise<void> {
    tab.host.setPage('gone');
    await tab.host.settle();
    this.kill(tab);
  }

  async advance(ms: number, stepMs = 250): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      for (const tab of this.tabs) {
        if (tab.isDead || tab.isFrozen) tab.host.freeze(Math.min(left, stepMs));
        else await tab.host.advance(Math.min(left, stepMs));
      }
    }
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      for (const tab of this.tabs) if (!tab.isDead) await tab.host.settle();
    }
  }

  async until<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const mark = () => {
      isSettled = true;
    };
    promise.then(mark, mark);
    for (await this.settle(); !isSettled; ) await this.advance(250);
    return promise;
  }

  #hostOf(tab: FakeTab): TabHost {
    return {
      lock: (name, onHeld) => {
        const waiting = { tab, onHeld };
        const queue = this.#locks.get(name) ?? [];
        this.#locks.set(name, [...queue, waiting]);
        if (queue.length === 0) this.#grant(name);
        return () => {
          const now = this.#locks.get(name) ?? [];
          this.#locks.set(
            name,
            now.filter((other) => other !== waiting),
          );
          if (now[0] === waiting) this.#grant(name);
        };
      },
      openChannel: (name, onMessage) => {
        const listening = { tab, onMessage };
        const listeners = this.#channels.get(name) ?? new Set();
        this.#channels.set(name, listeners.add(listening));
        return {
          post: (message) => this.#post(name, listening, message),
          close: () => void listeners.delete(listening),
        };
      },
    };
  }

  #grant(name: string): void {
    const next = this.#locks.get(name)?.[0];
    if (next === undefined) return;
    setImmediate(() => {
      if (this.#locks.get(name)?.[0] === next && !next.tab.isDead) next.onHeld();
    });
  }

  #post(name: string, from: Listening, message: unknown): void {
    if (from.tab.isDead) return;
    for (const listening of this.#channels.get(name) ?? []) {
      if (listening === from) continue;
      const copy: unknown = structuredClone(message);
      setImmediate(() => {
        const isOpen = this.#channels.get(name)?.has(listening) === true;
        if (isOpen && !listening.tab.isFrozen) listening.onMessage(copy);
      });
    }
  }
}
