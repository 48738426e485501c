// One value in the storage of the browser. A storage that is full or forbidden only means that nothing is kept.
import { isRecord, parseJson } from '../transport/reply.ts';
import type { TabStorage } from './tab-host.ts';

/** Of this form; another version of the SDK does not read it. */
const FORM = 1;

export class KeptText<Value extends object> {
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
  read(): Value | null {
    const value = parseJson(this.#try((storage) => storage.getItem(this.#name)) ?? '');
    return isRecord(value) && value.form === FORM ? (value as unknown as Value) : null;
  }

  write(value: Value): void {
    this.#try((storage) => storage.setItem(this.#name, JSON.stringify({ form: FORM, ...value })));
  }

  clear(): void {
    this.#try((storage) => storage.removeItem(this.#name));
  }

  #try<Result>(act: (storage: TabStorage) => Result): Result | undefined {
    try {
      return this.#storage && act(this.#storage);
    } catch {
      return undefined;
    }
  }
}
