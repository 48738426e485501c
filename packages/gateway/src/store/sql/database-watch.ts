// Tells whoever listens of every SQL statement once it is over: what kind it was, of which table and how long it took. Never
// its parameters.
import type { LogEvent } from 'kysely';

export interface AnsweredQuery {
  /** `select`, `insert`, `update`, `delete` or `other`. */
  readonly operation: string;
  /** The first table that is named; null: none. */
  readonly table: string | null;
  readonly durationMs: number;
}

/** Connections of a pool. */
export interface PoolUse {
  readonly busy: number;
  readonly idle: number;
  /** Statements that wait for one. */
  readonly waiting: number;
}

const OPERATION = /^\s*(select|insert|update|delete)\b/i;
const TABLE = /\b(?:from|into|update)\s+"?([a-z_]{1,63})"?/i;
/** Statements of the gateway's own making: a few hundred, and lists in them make a few more. */
const TEXTS_MAX = 2_000;

type Listener = (query: AnsweredQuery) => void;

export class DatabaseWatch {
  readonly #kinds = new Map<string, Omit<AnsweredQuery, 'durationMs'>>();
  #listener: Listener | null = null;

  /** One listener; another takes its place. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** For the query builder. */
  readonly log = ({ query, queryDurationMillis: durationMs }: LogEvent): void => {
    this.#listener?.({ ...this.#kindOf(query.sql), durationMs });
  };

  #kindOf(text: string): Omit<AnsweredQuery, 'durationMs'> {
    const known = this.#kinds.get(text);
    if (known !== undefined) return known;
    const operation = OPERATION.exec(text)?.[1]?.toLowerCase() ?? 'other';
    const kind = { operation, table: TABLE.exec(text)?.[1] ?? null };
    if (this.#kinds.size >= TEXTS_MAX) this.#kinds.clear();
    this.#kinds.set(text, kind);
    return kind;
  }
}
