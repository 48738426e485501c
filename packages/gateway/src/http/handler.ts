// What a route is given and gives: typed by the contract's operation, free of Express.
import type { AuthKind, Operation, OperationId, OperationInput, OperationOf, OperationReply } from '@playgate/contract';
import type { Instant } from '@playgate/policy';
import type { Principal } from '../directory/principal.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';

/** Null: the operation is open to anybody, and nobody was asked who they are. */
export type PrincipalOf<Kind extends AuthKind> = Kind extends 'none' ? null : Extract<Principal, { kind: Kind }>;

export interface RequestContext<Kind extends AuthKind = AuthKind> {
  readonly principal: PrincipalOf<Kind>;
  /** The one instant of the request: time of the caller's world, else real time. */
  readonly now: Instant;
  readonly requestId: string;
  /** Why it is asked; null: nobody said, and nobody had to. */
  readonly purpose: string | null;
  /** As the browser of a person sent it. */
  readonly cookieHeader: string | undefined;
}

/** What a reply may have beside its body. */
interface ReplyExtras {
  /** Set-Cookie headers. */
  readonly cookies?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as JSON, where it was written already; it says the same. */
  readonly json?: string;
  /** Who came in by it, for the log. */
  readonly signedIn?: SignedIn;
}

/** A body that is not one JSON text: a table, a file, lines as they come. */
export interface RawReply {
  readonly status: number;
  /** Text is sent in UTF-8. */
  readonly raw: {
    readonly mediaType: string;
    readonly content: string | Uint8Array | AsyncIterable<string | Uint8Array>;
    /** True: events as they come, for as long as the reader stays. The request counts as answered once they begin. */
    readonly isEndless?: boolean;
  };
}

export type Handler<Defined extends Operation> = (
  input: OperationInput<Defined>,
  context: RequestContext<Defined['auth'][number]>,
) => Promise<(OperationReply<Defined> | RawReply) & ReplyExtras>;

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
    readonly purpose: string | null;
    readonly cookieHeader: string | undefined;
  },
) => Promise<({ readonly status: number; readonly body: unknown } | RawReply) & ReplyExtras>;
