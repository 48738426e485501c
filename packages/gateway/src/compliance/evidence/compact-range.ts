import { EMPTY_ROOT, foldFromRight, nodeHash } from './merkle.ts';
import { subtreesOf } from './subtrees.ts';

/** A tree that only grows, of which no more than a hash per level is kept. */
export class CompactRange {
  readonly #peaks: { readonly level: number; readonly hash: Uint8Array }[];
  #size: number;

  private constructor(size: number, peaks: { readonly level: number; readonly hash: Uint8Array }[]) {
    this.#size = size;
    this.#peaks = peaks;
  }

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  /** A tree of `size` leaves by the hashes of its complete subtrees, largest first. Throws a RangeError for another number of them. */
  static of(size: number, hashes: readonly Uint8Array[]): CompactRange {
    const subtrees = subtreesOf({ start: 0, end: size });
    if (subtrees.length !== hashes.length) {
      throw new RangeError(`a tree of ${size} leaves has ${subtrees.length} complete subtrees, not ${hashes.length}`);
    }
    return new CompactRange(
      size,
      subtrees.map(({ level }, index) => ({ level, hash: hashes[index]! })),
    );
  }

  get size(): number {
    return this.#size;
  }

  appendLeaf(hash: Uint8Array): void {
    this.append(0, hash);
  }

  /** Appends a complete subtree of 2^level leaves. Throws a RangeError where none can begin. */
  append(level: number, hash: Uint8Array): void {
    const width = 2 ** level;
    if (this.#size % width !== 0) throw new RangeError(`no subtree of ${width} leaves begins at ${this.#size}`);
    let merged = { level, hash };
    for (let last = this.#peaks.at(-1); last?.level === merged.level; last = this.#peaks.at(-1)) {
      this.#peaks.pop();
      merged = { level: merged.level + 1, hash: nodeHash(last.hash, merged.hash) };
    }
    this.#peaks.push(merged);
    this.#size += width;
  }

  root(): Uint8Array {
    return this.#peaks.length === 0 ? EMPTY_ROOT : foldFromRight(this.#peaks.map(({ hash }) => hash));
  }
}
