import type { AnySessionEvent } from '@playgate/sdk/browser';
import { formatCountdown, formatTime } from '../format.ts';
import { texts } from '../language.ts';
import type { Messages } from '../messages.ts';
import type { Exchanged } from '../play/wire-tap.ts';
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

  addEvent(at: number, event: AnySessionEvent): void {
    if (event.type === 'tick') return;
    if (event.type === 'warning') this.add(at, (log) => log.warning(formatCountdown(event.stepMs)));
    else if (event.type === 'ended') this.add(at, (log) => log.ended(event.reason));
    else if (event.type === 'error') this.add(at, (log) => log.error(event.error.code));
    else {
      const { type } = event;
      this.add(at, (log) => log[type]);
    }
  }

  addExchange(at: number, { kind, seq, status, verdict }: Exchanged): void {
    if (status >= 400) this.add(at, (log) => log.failed(status));
    else if (kind === 'close') this.add(at, (log) => log.close, true);
    else if (kind === 'open') this.add(at, (log) => log.open[verdict ?? ''] ?? '');
    else this.add(at, (log) => log.beat(seq ?? 0, log.verdicts[verdict ?? ''] ?? ''), true);
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
