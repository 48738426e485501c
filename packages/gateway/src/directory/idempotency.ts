// One outcome per (API key, Idempotency-Key): a replay gives the first answer, byte for byte.
import { limits } from '@playgate/contract';
import type { Instant } from '@playgate/policy';

/** How long an outcome is replayed. A client that retries later gets a new execution. */
export const IDEMPOTENCY_TTL_MS = 86_400_000;
/**
 * How long an outcome that shows a credential is replayed: a client whose answer was lost tries again within minutes. After
 * that its key still runs nothing a second time, but the credential is gone from here.
 */
export const CREDENTIAL_REPLAY_MS_MAX = limits.CREDENTIAL_REPLAY_MS_MAX;
/** An execution that has not finished by then died with its process; the next attempt takes its place. */
export const IDEMPOTENCY_EXECUTION_MS_MAX = 60_000;

export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface IdempotencyScope {
  /** The API key that asks, so that two tenants never meet. */
  readonly keyId: string;
  /** The header's value. */
  readonly key: string;
}

/** What an outcome made, by field: `{keyId: 'key_...'}`. */
export type OutcomeIds = Readonly<Record<string, string>>;

export type IdempotencyStart =
  | { readonly kind: 'new' }
  | { readonly kind: 'replay'; readonly response: StoredResponse }
  /** It was carried out, and showed a credential that is not shown any more. */
  | { readonly kind: 'withheld'; readonly ids: OutcomeIds }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'in_progress' };

/** `now` is real time, whatever the clock of the caller's world says. */
export interface IdempotencyStore {
  /** `bodyHash`: any digest of method, path and body. Only `new` may be executed; it must be finished or released. */
  begin(scope: IdempotencyScope, bodyHash: string, now: Instant): Promise<IdempotencyStart>;
  /**
   * Keeps the outcome, encrypted. `ids`: it shows a credential, so it goes after CREDENTIAL_REPLAY_MS_MAX and these are left.
   */
  finish(scope: IdempotencyScope, response: StoredResponse, ids?: OutcomeIds): Promise<void>;
  /** Forgets an execution that failed, so that a retry runs. A finished one stays. */
  release(scope: IdempotencyScope): Promise<void>;
}
