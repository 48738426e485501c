import { formatTime } from '../format.ts';
import { texts } from '../language.ts';
import type { Messages } from '../messages.ts';
import { byId, make } from './dom.ts';

/** Older entries are dropped. */
const ENTRIES_MAX = 200;

type Words = (log: Messages['log']) => string;

interface Entry {
  readonly at: number;
  readonly words: Words;
  readonly isMinor: boolean;
}

/** What happened in sandbox time, newest first; kept as words to be said, so that it follows the language. */
export class EventLog {
  readonly #zone: string;
  readonly #list = byId('log', HTMLElement);
  readonly #empty = byId('log-empty', HTMLElement);
  #entries: Entry[] = [];

  constructor(zone: string) {
    this.#zone = zone;
  }

  add(at: number, words: Words, isMinor = false): void {
    const entry = { at, words, isMinor };
    this.#entries = [entry, ...this.#entries].slice(0, ENTRIES_MAX);
    this.#list.prepend(this.#line(entry));
    while (this.#list.childElementCount > ENTRIES_MAX) this.#list.lastElementChild?.remove();
    this.#empty.hidden = true;
  }

  render(): void {
    this.#list.replaceChildren(...this.#entries.map((entry) => this.#line(entry)));
  }

  #line({ at, isMinor, words }: Entry): HTMLElement {
    const line = make('li', isMinor ? 'minor' : '');
    line.append(make('time', '', formatTime(at, this.#zone)), make('span', '', words(texts().log)));
    return line;
  }
}
