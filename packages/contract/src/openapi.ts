// OpenAPI 3.1 from the registry. Nothing about a single operation is written here, only what all have in common.
import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
  type ZodOpenApiSecuritySchemeObject,
} from 'zod-openapi';
import { ERRORS, type ErrorCode } from './errors.ts';
import { HEADERS, JSON_MEDIA_TYPE, PROBLEM_MEDIA_TYPE } from './headers.ts';
import { CREDENTIAL_REPLAY_MS_MAX } from './limits.ts';
import { PARAMETERS, REPLY_HEADERS, SECURITY_SCHEMES, SIGN_IN_SCHEME, TAG_DESCRIPTIONS } from './openapi-components.ts';
import { EXAMPLES } from './openapi-examples.ts';
import { errorsOfOperation, type Operation, type Reply, TAGS } from './operation.ts';
import { OPERATIONS } from './registry.ts';
import { problem } from './schemas/problem.ts';
import { SIGN_IN_AUTH_KINDS } from './vocabulary.ts';

const MINUTE_MS = 60_000;

const RATE_LIMIT_HEADERS = {
  [HEADERS.rateLimit]: REPLY_HEADERS.rateLimit,
  [HEADERS.rateLimitPolicy]: REPLY_HEADERS.rateLimitPolicy,
};

export interface OpenApiOptions {
  /** Absolute address of the gateway, or `/`. */
  readonly serverUrl: string;
}

/** A new document at each call, plain JSON. */
export function buildOpenApiDocument({ serverUrl }: OpenApiOptions): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Playgate',
      version: '1.0.0',
      description:
        'Play-time limits for minors. A refusal to play is an answer with status 200 and a reason; errors are ' +
        '`application/problem+json`. Durations are integers in milliseconds and end in `Ms`; instants are RFC 3339 ' +
        'in UTC and end in `At`; `null` means none. Ignore fields you do not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    tags: TAGS.map((name) => ({ name, description: TAG_DESCRIPTIONS[name] })),
    paths: describePaths(),
    components: { securitySchemes: securitySchemesInUse() },
  });
}

/** Responses of the same errors, shared between operations as one component. */
type ErrorResponses = Map<string, ZodOpenApiResponseObject>;

function describePaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  const errorResponses: ErrorResponses = new Map();
  for (const operation of OPERATIONS) {
    const method = operation.method.toLowerCase();
    paths[operation.path] = { ...paths[operation.path], [method]: describeOperation(operation, errorResponses) };
  }
  return paths;
}

function securitySchemesInUse(): Record<string, ZodOpenApiSecuritySchemeObject> {
  const kinds = new Set<string>(OPERATIONS.flatMap(({ auth }) => auth));
  const schemes = Object.entries(SECURITY_SCHEMES).filter(([kind]) => kinds.has(kind));
  return Object.fromEntries([...schemes, [SIGN_IN_SCHEME.name, SIGN_IN_SCHEME.scheme]]);
}

function describeOperation(operation: Operation, errorResponses: ErrorResponses): ZodOpenApiOperationObject {
  const { operationId, tag, summary, params, query, body } = operation;
  const description = descriptionOf(operation);
  const example = EXAMPLES[operationId];
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: describeSecurity(operation),
    parameters: describeParameters(operation),
    requestParams: { ...(params && { path: params }), ...(query && { query }) },
    ...(body && {
      requestBody: { required: true, content: { [JSON_MEDIA_TYPE]: { schema: body, ...exampleOf(example?.request) } } },
    }),
    responses: describeResponses(operation, errorResponses),
  };
}

function descriptionOf({ description, shownOnce }: Operation): string | undefined {
  if (shownOnce === undefined) return description;
  const once =
    `\`${shownOnce}\` is shown once. Who lost the answer gets it again with the same \`Idempotency-Key\` for ` +
    `${CREDENTIAL_REPLAY_MS_MAX / MINUTE_MS} minutes; after that, for a day, a \`conflict\` that names ` +
    'what was made, to be revoked and made anew.';
  return description === undefined ? once : `${description} ${once}`;
}

function describeSecurity(operation: Operation): Record<string, string[]>[] {
  const kinds: Record<string, string[]>[] = operation.auth.map((kind) => (kind === 'none' ? {} : { [kind]: [] }));
  return admitsPeople(operation) ? [...kinds, { [SIGN_IN_SCHEME.name]: [] }] : kinds;
}

function describeParameters(operation: Operation) {
  return [
    PARAMETERS.requestId,
    ...(operation.idempotent ? [PARAMETERS.idempotencyKey] : []),
    ...(operation.purpose === true ? [PARAMETERS.purpose] : []),
    ...(admitsPeople(operation) && operation.method !== 'GET' ? [PARAMETERS.csrfToken] : []),
  ];
}

/** Whether a person who signed in can call it, in a role that stands for one of its keys. */
function admitsPeople({ auth }: Operation): boolean {
  return SIGN_IN_AUTH_KINDS.some((kind) => auth.includes(kind));
}

function describeResponses(operation: Operation, errorResponses: ErrorResponses): ZodOpenApiResponsesObject {
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const [status, codes] of codesByStatus(operation)) {
    const name = codes.map(pascalCase).join('Or');
    const response = errorResponses.get(name) ?? { id: name, ...describeErrors(codes) };
    errorResponses.set(name, response);
    responses[status] = response;
  }
  for (const [status, reply] of Object.entries(operation.responses)) {
    responses[status] = describeReply(operation, reply, EXAMPLES[operation.operationId]?.replies[Number(status)]);
  }
  return responses;
}

function describeReply(operation: Operation, reply: Reply, example: unknown): ZodOpenApiResponseObject {
  const { description, schema, mediaType = JSON_MEDIA_TYPE, isLocation = false, otherMediaTypes = [] } = reply;
  const otherContent = Object.fromEntries(otherMediaTypes.map((type) => [type, {}]));
  return {
    description,
    headers: z.object({
      [HEADERS.requestId]: REPLY_HEADERS.requestId,
      ...(operation.tag !== 'Public' && RATE_LIMIT_HEADERS),
      ...(operation.idempotent && { [HEADERS.idempotentReplayed]: REPLY_HEADERS.idempotentReplayed }),
      ...(isLocation && schema && { [HEADERS.location]: schema }),
      ...(reply.isSigned === true && { [HEADERS.signature]: REPLY_HEADERS.signature }),
    }),
    ...(schema && !isLocation && { content: { [mediaType]: { schema, ...exampleOf(example) }, ...otherContent } }),
  };
}

function describeErrors(codes: readonly ErrorCode[]): ZodOpenApiResponseObject {
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(' '),
    headers: z.object({
      [HEADERS.requestId]: REPLY_HEADERS.requestId,
      ...(codes.includes('rate_limited') && RATE_LIMIT_HEADERS),
      ...(codes.some((code) => ERRORS[code].retryable) && { [HEADERS.retryAfter]: REPLY_HEADERS.retryAfter }),
    }),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: problem } },
  };
}

function codesByStatus(operation: Operation): ReadonlyMap<string, readonly ErrorCode[]> {
  const byStatus = new Map<string, ErrorCode[]>();
  for (const code of errorsOfOperation(operation)) {
    const status = String(ERRORS[code].status);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

function pascalCase(code: ErrorCode): string {
  return code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function exampleOf(example: unknown): { readonly example?: unknown } {
  return example === undefined ? {} : { example };
}
