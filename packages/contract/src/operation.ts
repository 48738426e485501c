// What an operation is: everything the router, the OpenAPI document and the security tests need to know of it.
import type * as z from 'zod';
import type { ErrorCode } from './errors.ts';
import type { AuthKind } from './vocabulary.ts';

export const TAGS = [
  'Public',
  'Sign-in',
  'Operator',
  'Games',
  'Age verification',
  'Guardians',
  'Sessions',
  'Corrections and statements',
  'Webhooks',
  'Sandbox clock',
  'Agents',
  'Reports',
  'Evidence',
] as const;
export type Tag = (typeof TAGS)[number];

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Reply {
  readonly description: string;
  /** Null: no body. */
  readonly schema: z.ZodType | null;
  /** `application/json` when absent. */
  readonly mediaType?: string;
  /** True: what the handler answers is the URL of the Location header, and there is no body. */
  readonly isLocation?: boolean;
  /** Media types it can be asked in beside the first, as `format` of the query says. */
  readonly otherMediaTypes?: readonly string[];
  /** True: carries `Playgate-Signature`. */
  readonly isSigned?: boolean;
}

export interface Operation {
  readonly operationId: string;
  readonly method: Method;
  /** Parameters in braces: `/v1/sessions/{sessionId}/close`. */
  readonly path: `/${string}`;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Any one of these is enough. */
  readonly auth: readonly AuthKind[];
  /** True: answers browsers of any origin (CORS). */
  readonly browser: boolean;
  /** True: accepts Idempotency-Key. */
  readonly idempotent: boolean;
  /** Field of the reply that holds a credential: shown in the answer, and in a replay for some minutes. */
  readonly shownOnce?: string;
  /** True: a regulator has to say why (`Playgate-Purpose`), and each call is kept in the access log. */
  readonly purpose?: boolean;
  /** Seconds that anybody may keep the answer (`Cache-Control: public, max-age`); nothing is kept when absent. */
  readonly cacheMaxAgeS?: number;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Answers by status; errors are not listed here. */
  readonly responses: Readonly<Record<number, Reply>>;
  /** Errors beside those that follow from the rest, see `errorsOfOperation`. */
  readonly errors?: readonly ErrorCode[];
}

/** Keeps the literal types, so that handlers get theirs by `OperationInput` and `OperationReply`. */
export function defineOperation<const Defined extends Operation>(operation: Defined): Defined {
  return operation;
}

/** The same type with every property and array readonly. */
export type Immutable<Value> = Value extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

type Parsed<Schema> = Schema extends z.ZodType ? Immutable<z.output<Schema>> : undefined;

/** The parsed request as a handler receives it, defaults filled in; parts the operation does not have are undefined. */
export interface OperationInput<Defined extends Operation> {
  readonly params: Parsed<Defined['params']>;
  readonly query: Parsed<Defined['query']>;
  readonly body: Parsed<Defined['body']>;
}

/** The body as a client writes it: fields with a default may be left out. */
export type RequestBody<Defined extends Operation> = Defined['body'] extends z.ZodType
  ? Immutable<z.input<Defined['body']>>
  : undefined;

type Statuses<Defined extends Operation> = keyof Defined['responses'] & number;

export type ReplyBody<Defined extends Operation, Status extends Statuses<Defined> = Statuses<Defined>> =
  // One status at a time, so that several give a union.
  Status extends Statuses<Defined> ? BodyOf<Defined['responses'][Status]> : never;

type BodyOf<Answer> = Answer extends { readonly schema: infer Schema extends z.ZodType }
  ? Immutable<z.output<Schema>>
  : null;

/** What a handler answers: one of the statuses with its body, null where there is none. */
export type OperationReply<Defined extends Operation> = {
  readonly [Status in Statuses<Defined>]: { readonly status: Status; readonly body: ReplyBody<Defined, Status> };
}[Statuses<Defined>];

/** Every error code the operation can answer with, each once. */
export function errorsOfOperation(operation: Operation): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>();
  if (operation.params || operation.query || operation.body) codes.add('invalid_request');
  if (!operation.auth.includes('none')) codes.add('unauthenticated').add('forbidden');
  if (operation.params) codes.add('not_found');
  for (const code of operation.errors ?? []) codes.add(code);
  if (operation.body) codes.add('payload_too_large').add('unsupported_media_type');
  if (operation.idempotent) codes.add('conflict').add('idempotency_mismatch');
  return [...codes.add('rate_limited').add('internal').add('overloaded')];
}
