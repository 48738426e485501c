import { Worker } from 'node:worker_threads';
import type { PGlite as KyselyPglite } from 'kysely';
import type { PgliteFailure, PgliteQueryReply, PgliteReply, PgliteWorkerData } from './pglite-protocol.ts';

/** A query the embedded database refused; `code` is its SQLSTATE, as with PostgreSQL's own driver. */
export class EmbeddedQueryError extends Error {
  override readonly name = 'EmbeddedQueryError';
  readonly code: string | undefined;
  readonly constraint: string | undefined;

  constructor(failure: PgliteFailure) {
    super(failure.message);
    this.code = failure.code;
    this.constraint = failure.constraint;
  }
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Beside this file both in the sources and in the bundle. */
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './pglite-worker.ts' : './pglite-worker.js',
  import.meta.url,
);

/**
 * The embedded database seen from the main thread, in the shape Kysely's PGlite dialect asks for. The dialect
 * gives it one transaction or query at a time.
 */
export class PgliteClient implements KyselyPglite {
  readonly waitReady: Promise<void>;
  ready = false;
  closed = false;

  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  #broken: Error | null = null;
  #lastId = 0;

  constructor(data: PgliteWorkerData) {
    this.#worker = new Worker(WORKER_URL, { workerData: data, execArgv: [], name: 'pglite' });
    const exited = new Promise<void>((resolve) => this.#worker.on('exit', () => resolve()));
    this.#worker.on('error', (cause) => this.#breakOff(new Error('the embedded database failed', { cause })));
    this.waitReady = new Promise((resolve, reject) => {
      this.#worker.on('message', (reply: PgliteReply) => {
        if (reply.kind !== 'ready') return this.#settle(reply);
        this.ready = true;
        resolve();
      });
      void exited.then(() => reject(this.#breakOff(new Error('the embedded database is closed'))));
    });
    // Whoever awaits it sees the failure; nobody needs to.
    this.waitReady.catch(() => undefined);
    this.#exited = exited;
  }

  query<Row>(sql: string, params: readonly unknown[] = []) {
    return this.#ask<PgliteQueryReply>((id) => ({ kind: 'query', id, sql, params })).then((result) => ({
      rows: result.rows as Row[],
      fields: [...result.fields],
      ...(result.affectedRows === undefined ? {} : { affectedRows: result.affectedRows }),
    }));
  }

  async transaction<Result>(run: (transaction: EmbeddedTransaction) => Promise<Result>): Promise<Result> {
    await this.query('begin');
    try {
      const result = await run({ query: (sql, params) => this.query(sql, params), rollback: () => this.#rollback() });
      await this.query('commit');
      return result;
    } catch (error) {
      await this.#rollback();
      throw error;
    }
  }

  /** The whole database as a tar.gz that a new one can start from. */
  dump(): Promise<Uint8Array> {
    return this.#ask((id) => ({ kind: 'dump', id }));
  }

  async close(): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      this.#worker.postMessage({ kind: 'close' });
    }
    await this.#exited;
  }

  /** Stops without writing anything more. */
  async abandon(): Promise<void> {
    this.closed = true;
    await this.#worker.terminate();
  }

  async #rollback(): Promise<void> {
    await this.query('rollback');
  }

  #ask<Value>(request: (id: number) => object): Promise<Value> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const id = ++this.#lastId;
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(request(id));
    });
  }

  #settle(reply: Exclude<PgliteReply, { kind: 'ready' }>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'failed') waiting?.reject(new EmbeddedQueryError(reply.failure));
    else waiting?.resolve((reply.kind === 'rows' ? reply.result : reply.dump) as never);
  }

  /** The first error counts; whoever waits gets it. */
  #breakOff(error: Error): Error {
    this.#broken ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#broken);
    this.#waiting.clear();
    return this.#broken;
  }
}

interface EmbeddedTransaction {
  query: PgliteClient['query'];
  rollback(): Promise<void>;
}
