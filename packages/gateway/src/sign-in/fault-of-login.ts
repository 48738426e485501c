import { AuthorizationResponseError } from 'openid-client';
import { Fault } from '../fault.ts';

/** Answers of an identity provider that say that the trouble is its own (RFC 6749 4.1.2.1). */
const TROUBLE_OF_PROVIDER: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable']);
/** Codes of the guarded way out, and of jose while it fetches keys. */
const TROUBLE_ON_THE_WAY: ReadonlySet<string> = new Set(['source_unavailable', 'ERR_JWKS_TIMEOUT']);

/** Without the cause, which could quote tokens or claims. */
export function faultOfLogin(error: unknown): Fault {
  if (isTroubleOfProvider(error)) {
    return new Fault('identity_source_unavailable', 'The identity provider does not answer as it should.');
  }
  if (error instanceof AuthorizationResponseError) {
    return new Fault('unprocessable', 'The identity provider did not sign you in.');
  }
  return new Fault('unprocessable', 'What came back from the identity provider proves nothing. Start again.');
}

function isTroubleOfProvider(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AuthorizationResponseError && TROUBLE_OF_PROVIDER.has(cause.error)) return true;
    if ('code' in cause && TROUBLE_ON_THE_WAY.has(String(cause.code))) return true;
  }
  return false;
}
