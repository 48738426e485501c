import type { Instant } from '@playgate/policy';
import type { Principal } from '../directory/principal.ts';

/** A call of a regulator, as it is made. */
export interface RegulatorCall {
  readonly principal: Extract<Principal, { kind: 'regulator' }>;
  readonly operationId: string;
  readonly purpose: string;
  /** The query string as it was sent. */
  readonly query: string;
  /** The parsed request; ids of its path say whom it is about. */
  readonly input: { readonly params: unknown };
  readonly requestId: string;
  readonly at: Instant;
}

/** Who read what, and why. */
export interface AccessLog {
  /** Throws where it cannot be kept: then the call is not answered. */
  note(call: RegulatorCall): Promise<void>;
}
