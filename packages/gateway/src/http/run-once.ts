// Idempotency-Key: the first outcome of a key is kept and given again. Only answers are kept; what failed may be tried anew.
import { hash } from 'node:crypto';
import { HEADERS, idempotencyKey, type Operation } from '@playgate/contract';
import { canonicalJson, type Instant } from '@playgate/policy';
import type { IdempotencyStore, OutcomeIds, StoredResponse } from '../directory/idempotency.ts';
import type { Principal } from '../directory/principal.ts';
import { Fault } from '../fault.ts';
import type { ParsedRequest } from './read-request.ts';

export interface OncePorts {
  readonly idempotency: IdempotencyStore;
  /** Real time. */
  readonly realNow: () => Instant;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface OnceRequest {
  readonly operation: Operation;
  readonly principal: Principal;
  readonly header: string;
  readonly input: ParsedRequest;
}

export interface OnceOutcome {
  readonly response: StoredResponse;
  readonly replayed: boolean;
}

/** Runs `execute` unless the key has an outcome. Throws a Fault: `invalid_request`, `idempotency_mismatch`, `conflict`. */
export async function runOnce(
  request: OnceRequest,
  ports: OncePorts,
  execute: () => Promise<StoredResponse>,
): Promise<OnceOutcome> {
  const scope = { keyId: scopeOf(request.principal), key: readKey(request.header) };
  const start = await ports.idempotency.begin(scope, digest(request), ports.realNow());
  if (start.kind === 'replay') return { response: start.response, replayed: true };
  if (start.kind === 'withheld') throw notShownAgain(start.ids);
  if (start.kind === 'mismatch') {
    throw new Fault('idempotency_mismatch', 'Use a new Idempotency-Key for a new request.');
  }
  if (start.kind === 'in_progress') {
    throw new Fault('conflict', 'A request with this Idempotency-Key is still under way.');
  }
  const response = await execute().catch(async (error: unknown) => {
    await ports.idempotency
      .release(scope)
      .catch((trouble) => ports.onTrouble('release of an idempotency key', trouble));
    throw error;
  });
  // What was done is done: the caller gets its answer even if it cannot be kept.
  await ports.idempotency
    .finish(scope, response, idsBesideCredential(request.operation, response))
    .catch((trouble) => ports.onTrouble('outcome of an idempotency key was not kept', trouble));
  return { response, replayed: false };
}

function notShownAgain(ids: OutcomeIds): Fault {
  const made = Object.entries(ids).map(([name, id]) => `${name} ${id}`);
  return new Fault('conflict', `Carried out before (${made.join(', ')}); what it showed once is not shown again.`);
}

/** Undefined: the answer shows no credential. */
function idsBesideCredential({ shownOnce }: Operation, { body }: StoredResponse): OutcomeIds | undefined {
  if (shownOnce === undefined) return undefined;
  const fields = Object.entries(JSON.parse(body) as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    fields.filter((field): field is [string, string] => field[0].endsWith('Id') && typeof field[1] === 'string'),
  );
}

function readKey(header: string): string {
  const result = idempotencyKey.safeParse(header);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ message }) => ({ path: HEADERS.idempotencyKey, message }));
  throw new Fault('invalid_request', 'See `errors` for what is wrong and where.', fields);
}

/** Whoever holds another credential is another caller. */
function scopeOf(principal: Principal): string {
  if ('person' in principal && principal.person !== undefined) return principal.person.signInId;
  if ('keyId' in principal) return principal.keyId;
  if (principal.kind === 'guardian') return principal.linkId;
  return principal.kind === 'session' ? principal.claims.sessionId : principal.kind;
}

/** Of the parsed request, so that spacing and the order of fields make no difference. */
function digest({ operation, input }: OnceRequest): string {
  const { params = null, body = null } = input;
  try {
    return hash('sha256', canonicalJson([operation.operationId, params, body]), 'base64url');
  } catch (cause) {
    // The schemas leave nothing but half a surrogate pair that canonical JSON cannot say.
    throw new Fault('invalid_request', 'A text of the request is not well-formed Unicode.', [], { cause });
  }
}
