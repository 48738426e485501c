// The record of who changed what: every call by which an operator, or a person who signed in, changes something or tries to.
// It goes into the log, so it holds ids and a pseudonym, never what was sent: of texts only what looks like an id of ours.
import type { ErrorCode, Operation } from '@playgate/contract';
import { type Actor, actorOf, personOf } from '../directory/actor.ts';
import type { StoredResponse } from '../directory/idempotency.ts';
import { ID_RANDOM_LENGTH } from '../directory/new-id.ts';
import type { Principal } from '../directory/principal.ts';
import type { StaffMark } from '../directory/staff-mark.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';

export interface AuditEntry {
  readonly operationId: string;
  readonly requestId: string;
  readonly actor: Actor;
  /** What it was about and what it made, by field: `{providerId: 'prv_...', keyId: 'key_...'}`. */
  readonly targets: Readonly<Record<string, string>>;
  readonly status: number;
  /** `replayed`: done before, told again. */
  readonly outcome: 'done' | 'replayed' | ErrorCode;
}

export interface AuditPorts {
  readonly onAudited: (entry: AuditEntry) => void;
  readonly staffMark: StaffMark;
}

/** What is known of a call; filled in while it is answered. */
export interface Trail {
  principal: Principal | null;
  /** The request was read and holds what its operation asks for. */
  isChecked: boolean;
  /** Once they were checked. */
  params: unknown;
  reply: StoredResponse | null;
  replayed: boolean;
  /** Who came in by this very call; null: nobody. */
  signedIn: SignedIn | null;
  /** Of its entry in the access log; null: it has none yet. */
  callNo: number | null;
}

export interface CallEnd {
  readonly requestId: string;
  readonly status: number;
  /** Null: it was not refused. */
  readonly code: ErrorCode | null;
}

const OUR_ID = new RegExp(`^[a-z]{3}_[0-9A-Za-z]{${ID_RANDOM_LENGTH}}$`);

export function newTrail(): Trail {
  return {
    principal: null,
    isChecked: false,
    params: null,
    reply: null,
    replayed: false,
    signedIn: null,
    callNo: null,
  };
}

export function auditCall({ method, operationId }: Operation, trail: Trail, end: CallEnd, ports: AuditPorts): void {
  const { principal, params, replayed, reply } = trail;
  if (method === 'GET' || principal === null) return;
  if (principal.kind !== 'operator' && personOf(principal) === null) return;
  const { code, requestId, status } = end;
  const targets = { ...idsOf(params), ...idsOf(bodyOf(reply)) };
  const outcome = code ?? (replayed ? 'replayed' : 'done');
  ports.onAudited({ operationId, requestId, actor: actorOf(principal, ports.staffMark), targets, status, outcome });
}

function bodyOf(reply: StoredResponse | null): unknown {
  return reply === null || !reply.body.startsWith('{') ? null : JSON.parse(reply.body);
}

/** Of texts only those that look like an id of ours. */
export function idsOf(fields: unknown): Readonly<Record<string, string>> {
  if (typeof fields !== 'object' || fields === null) return {};
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => typeof value === 'string' && OUR_ID.test(value)),
  );
}
