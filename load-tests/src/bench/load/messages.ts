// What the benchmark and its load generator, a process of its own, say to each other.

/** As many requests as the answers allow: each connection sends the next when it has its answer. */
export interface ClosedLoad {
  readonly kind: 'closed';
  readonly workload: string;
  readonly port: number;
  readonly connections: number;
  readonly durationMs: number;
}

/** Each request of the workload once, as fast as the answers allow. */
export interface OnceLoad {
  readonly kind: 'once';
  readonly workload: string;
  readonly port: number;
  readonly connections: number;
}

/** A fixed rate of arrival, see Arrivals. `connections` bounds what is under way; what does not find one waits. */
export interface OpenLoad {
  readonly kind: 'open';
  readonly workload: string;
  readonly port: number;
  readonly connections: number;
  readonly perSecond: number;
  readonly durationMs: number;
}

/** EVALSHA of one script with rising numbers and real time, as `redis-benchmark -P` sends commands. */
export interface PipelinedLoad {
  readonly kind: 'pipelined';
  /** File of JSON: PipelinedCommand[]. */
  readonly workload: string;
  readonly port: number;
  readonly connections: number;
  readonly pipeline: number;
  readonly durationMs: number;
}

export type Load = ClosedLoad | OnceLoad | OpenLoad | PipelinedLoad;

export interface LoadResult {
  readonly answered: number;
  /** Answers that were not right, of those. */
  readonly failed: number;
  readonly firstFailure: string | null;
  readonly durationMs: number;
  /** Of the generator, in cores: 1 is one core all the time. */
  readonly generatorCores: number;
  /** Open model only; milliseconds. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly lateP99: number } | null;
}

export type LoadReply = { readonly result: LoadResult } | { readonly error: string };

/** A beat up to the number, from it up to the instant, and the rest, in the protocol of Redis. */
export type PipelinedCommand = readonly [string, string, string];
