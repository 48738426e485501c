// First in, first out, without moving what is left each time one goes.

/** As many may have gone before their places are given back. */
const GONE_MAX = 1_024;

export class WaitingLine<Entry> {
  #entries: (Entry | undefined)[] = [];
  /** Those before it have gone. */
  #first = 0;

  get length(): number {
    return this.#entries.length - this.#first;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  shift(): Entry | undefined {
    if (this.length === 0) return undefined;
    const entry = this.#entries[this.#first];
    this.#entries[this.#first++] = undefined;
    if (this.length === 0) {
      this.#entries = [];
      this.#first = 0;
    } else if (this.#first >= GONE_MAX && this.#first >= this.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    return entry;
  }
}
