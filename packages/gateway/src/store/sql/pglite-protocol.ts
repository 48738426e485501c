// What the main thread and the thread of the embedded database say to each other.

export interface PgliteWorkerData {
  /** Null: nothing is written to disk. */
  readonly directory: string | null;
  /** A dump (tar.gz) to start an empty directory from; null: initialise one. */
  readonly template: Uint8Array | null;
}

export type PgliteRequest =
  | { readonly kind: 'query'; readonly id: number; readonly sql: string; readonly params: readonly unknown[] }
  | { readonly kind: 'dump'; readonly id: number }
  | { readonly kind: 'close' };

export interface PgliteQueryReply {
  readonly rows: readonly unknown[];
  readonly affectedRows: number | undefined;
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** A database error by its SQLSTATE; other properties of the thrown object do not survive the thread's border. */
export interface PgliteFailure {
  readonly message: string;
  readonly code: string | undefined;
  readonly constraint: string | undefined;
}

export type PgliteReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'rows'; readonly id: number; readonly result: PgliteQueryReply }
  | { readonly kind: 'dumped'; readonly id: number; readonly dump: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: PgliteFailure };
