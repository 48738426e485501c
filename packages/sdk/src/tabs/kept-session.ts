// What a page leaves behind for its own reload. Written only when the page is hidden or left, taken back when it is seen
// again, and gone with the tab: nothing about a player stays on a machine that others use after.

import type { PageState } from '../platform/platform.ts';
import { isRecord, parseJson } from '../transport/reply.ts';
import type { TabStorage } from './tab-host.ts';
import type { Running } from './tab-sharing.ts';

/** Of this form; another version of the SDK does not read it. */
const FORM = 1;

export class KeptSession {
  readonly #storage: TabStorage | undefined;
  readonly #name: string;

  constructor(storage: TabStorage | undefined, name: string) {
    this.#storage = storage;
    this.#name = name;
  }

  get isUsable(): boolean {
    return this.#storage !== undefined;
  }

  /** Null: there is none, or none that can be read. */
  read(): Running | null {
    const value = parseJson(this.#try((storage) => storage.getItem(this.#name)) ?? '');
    return isRecord(value) && value.form === FORM ? (value as unknown as Running) : null;
  }

  /** What became of the page, after the session was told. */
  keep(page: PageState, left: Running): void {
    const isOver = left.state.phase === 'closing' || left.state.phase === 'closed';
    if (page === 'visible' || (page === 'hidden' && isOver)) this.clear();
    else this.#try((storage) => storage.setItem(this.#name, JSON.stringify({ form: FORM, ...left })));
  }

  clear(): void {
    this.#try((storage) => storage.removeItem(this.#name));
  }

  /** A storage that is full or forbidden only means that a reload starts anew. */
  #try<Value>(act: (storage: TabStorage) => Value): Value | undefined {
    try {
      return this.#storage && act(this.#storage);
    } catch {
      return undefined;
    }
  }
}
