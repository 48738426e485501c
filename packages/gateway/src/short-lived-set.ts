// What is under way now, of things that come and go by the thousand a second. A Set links each of its tables to the one that
// follows it: a table that grew old in a quiet moment keeps all that follow, and what was in them, from the collections of young garbage,
// which then take ten times as long. Here nothing that has gone is held.
interface Place<Member> {
  readonly member: Member;
  index: number;
}

const GONE = -1;

export class ShortLivedSet<Member> implements Iterable<Member> {
  readonly #places: Place<Member>[] = [];

  get size(): number {
    return this.#places.length;
  }

  /** Gives back what takes it out again. */
  add(member: Member): () => void {
    const place = { member, index: this.#places.length };
    this.#places.push(place);
    return () => this.#remove(place);
  }

  /** The last takes its place. */
  #remove(place: Place<Member>): void {
    const { index } = place;
    if (index === GONE) return;
    place.index = GONE;
    const last = this.#places.pop()!;
    if (last === place) return;
    this.#places[index] = last;
    last.index = index;
  }

  *[Symbol.iterator](): Iterator<Member> {
    for (const { member } of [...this.#places]) yield member;
  }
}
