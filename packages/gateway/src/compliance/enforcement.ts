// How well ends are enforced, as the record learns of it.
import type { Instant } from '@playgate/policy';

/** `limit_to_order`: from a limit to the answer that ended play; `order_to_end`: from there to the client's confirmed end. */
export type EnforcementSpan = 'limit_to_order' | 'order_to_end';

/** Told of live worlds only. `at`: when it happened, which is long ago where a record is made again. */
export interface EnforcementWatch {
  readonly spanned: (span: EnforcementSpan, ms: number, at: Instant) => void;
  /** `ms` more of play after an end. */
  readonly overran: (ms: number, at: Instant) => void;
}

export const UNWATCHED: EnforcementWatch = { spanned: () => undefined, overran: () => undefined };
