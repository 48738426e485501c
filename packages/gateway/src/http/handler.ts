// What a route is given and gives: typed by the contract's operation, free of Express.
import type { AuthKind, Operation, OperationId, OperationInput, OperationOf, OperationReply } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Principal } from '../directory/principal.ts';

/** Null: the operation is open to anybody, and nobody was asked who they are. */
export type PrincipalOf<Kind extends AuthKind> = Kind extends 'none' ? null : Extract<Principal, { kind: Kind }>;

export interface RequestContext<Kind extends AuthKind = AuthKind> {
  readonly principal: PrincipalOf<Kind>;
  /** The one instant of the request: time of the caller's world, else real time. */
  readonly now: Instant;
  readonly requestId: string;
  /** As the browser of a person sent it. */
  readonly cookieHeader: string | undefined;
}

/** What a reply may have beside its body. */
interface ReplyExtras {
  /** Set-Cookie headers. */
  readonly cookies?: readonly string[];
}

export type Handler<Defined extends Operation> = (
  input: OperationInput<Defined>,
  context: RequestContext<Defined['auth'][number]>,
) => Promise<OperationReply<Defined> & ReplyExtras>;

/** A handler for each of some operations. */
export type HandlersOf<Id extends OperationId> = { readonly [Each in Id]: Handler<OperationOf<Each>> };

/** Every operation of the registry has a handler, and nothing else has. */
export type Handlers = HandlersOf<OperationId>;

/** Any handler, once its operation's schemas and auth stand before it. */
export type BoundHandler = (
  input: { readonly params: unknown; readonly query: unknown; readonly body: unknown },
  context: {
    readonly principal: Principal | null;
    readonly now: Instant;
    readonly requestId: string;
    readonly cookieHeader: string | undefined;
  },
) => Promise<{ readonly status: number; readonly body: unknown } & ReplyExtras>;
