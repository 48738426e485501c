// The only way out of the OIDC method: to the origins of one issuer, over https, with answers of bounded size. What the
// issuer's own documents say about where to go is held to that too.
import { VerifierError } from '../../age-verifier.ts';
import { type IssuerPlace, isSecure, type OidcIssuerRules } from './oidc-issuers.ts';

/** Far above any key set or ID token. */
export const RESPONSE_BYTES_MAX = 262_144;

/** The part of fetch that openid-client and jose both use. */
export type GuardedFetch = (url: string, options: GuardedOptions) => Promise<Response>;

/** Options of either; an absent body may be null or undefined. */
export interface GuardedOptions {
  readonly method: string;
  readonly headers: Exclude<RequestInit['headers'], undefined>;
  readonly body?: RequestInit['body'];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Rejects with a VerifierError `source_unavailable`: no connection, a foreign address, an answer that is too large, 429 or
 * a 5xx, or `signal` aborted. Redirects are not followed.
 */
export function guardFetch(issuer: IssuerPlace, rules: OidcIssuerRules, signal?: AbortSignal): GuardedFetch {
  const origins = new Set([issuer.issuer, ...issuer.endpointOrigins].map((url) => new URL(url).origin));
  return async (address, options) => {
    const url = new URL(address);
    if (!origins.has(url.origin) || !isSecure(url, rules)) {
      throw new VerifierError('source_unavailable', 'the issuer points to an address that is not configured');
    }
    const signals = [signal, options.signal].filter((each) => each !== undefined);
    try {
      const { body: sent = null, headers: sentHeaders, method } = options;
      const answer = fetch(url, {
        method,
        headers: sentHeaders,
        body: sent,
        redirect: 'manual',
        signal: AbortSignal.any(signals),
      });
      const response = await answer;
      const body = await readBounded(response);
      if (response.status >= 500 || response.status === 429) {
        throw new VerifierError('source_unavailable', `the issuer answers ${response.status}`);
      }
      const { status, headers } = response;
      return new Response(BODILESS.has(status) ? null : body, { status, headers });
    } catch (cause) {
      if (cause instanceof VerifierError) throw cause;
      throw new VerifierError('source_unavailable', 'the issuer cannot be reached', { cause });
    }
  };
}

/** Statuses a Response may not have a body with. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

async function readBounded({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > RESPONSE_BYTES_MAX) throw new VerifierError('source_unavailable', 'the issuer answers too much');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
