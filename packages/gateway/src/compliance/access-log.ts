import type { Instant } from '@playgate/policy';
import type { Principal } from '../directory/principal.ts';

/** A call of a regulator, as it is made or refused. */
export interface RegulatorCall {
  readonly principal: Extract<Principal, { kind: 'regulator' }>;
  readonly operationId: string;
  /** Empty: it was refused without one. */
  readonly purpose: string;
  /** The query string as it was sent; empty where it was refused unread. */
  readonly query: string;
  /** The parsed request; ids of its path say whom it is about. */
  readonly input: { readonly params: unknown };
  readonly requestId: string;
  readonly at: Instant;
  /** Of HTTP; null: not answered yet. */
  readonly status: number | null;
}

/** Who read what or tried to, and why. Both methods throw where it cannot be kept: then the call is not answered. */
export interface AccessLog {
  /** The number of the entry. */
  note(call: RegulatorCall): Promise<number>;
  /** Says how a call ended that was noted without a status. */
  settle(callNo: number, status: number): Promise<void>;
}
