import type { ErrorCode } from '@playgate/contract';

export interface FaultyField {
  /** Dotted path in the request: `body.ageToken`. */
  readonly path: string;
  readonly message: string;
}

export interface FaultOptions extends ErrorOptions {
  /** Whole seconds, at least 1. Default: as the code has it. */
  readonly retryAfterS?: number;
}

/** What is broken about a request, in the words of the contract's error table. Http turns it into a problem document. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: ErrorCode;
  readonly fields: readonly FaultyField[];
  readonly retryAfterS: number | null;

  /** `detail` may reach the caller: no personal data, no secrets. */
  constructor(code: ErrorCode, detail: string, fields: readonly FaultyField[] = [], options: FaultOptions = {}) {
    super(detail, options);
    this.code = code;
    this.fields = fields;
    this.retryAfterS = options.retryAfterS ?? null;
  }
}
