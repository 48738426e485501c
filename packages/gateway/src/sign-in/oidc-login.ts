// One sign-in at an identity provider: authorization code flow with PKCE (RFC 7636), state, nonce, the issuer of the answer
// (RFC 9207) and the signature of the ID token checked. Tokens are judged by real time and kept nowhere.
import type { Instant } from '@playgate/policy';
import { jwtVerify } from 'jose';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  fetchUserInfo,
  None,
  randomPKCECodeVerifier,
} from 'openid-client';
import { guardFetch } from '../verification/identity/oidc/guarded-fetch.ts';
import { type DiscoveredIssuer, IssuerDirectory } from '../verification/identity/oidc/issuer-directory.ts';
import type { OidcIssuerRules } from '../verification/identity/oidc/oidc-issuers.ts';
import { faultOfLogin } from './fault-of-login.ts';
import type { Claims } from './grant-of-claims.ts';
import type { IdentityProvider } from './sign-in-settings.ts';

/** All that a step asks of an identity provider, together: a person waits in front of an empty page. */
const STEP_MS_MAX = 10_000;
/** Between the clocks of the identity provider and of this machine. */
const CLOCK_TOLERANCE_S = 30;
/** No symmetric ones: whoever knows a client secret could sign with them. */
const ID_TOKEN_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** What must be the same at the end as at the beginning. */
export interface LoginChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface LoginResult {
  readonly subject: string;
  readonly claims: Claims;
}

export interface OidcLoginOptions extends OidcIssuerRules {
  /** The callback operation as browsers reach it. */
  readonly callbackUrl: string;
}

export class OidcLogin {
  readonly #options: OidcLoginOptions;
  readonly #directory: IssuerDirectory;

  constructor(options: OidcLoginOptions) {
    this.#options = options;
    this.#directory = new IssuerDirectory(options);
  }

  /** Where to send the browser. Throws a Fault: `identity_source_unavailable`. */
  async begin(at: IdentityProvider, checks: Omit<LoginChecks, 'codeVerifier'>, now: Instant) {
    const signal = AbortSignal.timeout(STEP_MS_MAX);
    const codeVerifier = randomPKCECodeVerifier();
    try {
      const discovered = await this.#directory.discover(at, now, signal);
      const url = buildAuthorizationUrl(this.#configure(at, discovered, signal), {
        redirect_uri: this.#options.callbackUrl,
        scope: at.scopes.join(' '),
        ...checks,
        code_challenge: await calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, codeVerifier };
    } catch (error) {
      throw faultOfLogin(error);
    }
  }

  /** Who came back. Throws a Fault: `unprocessable` or `identity_source_unavailable`. */
  async complete(
    at: IdentityProvider,
    callback: Readonly<Record<string, string>>,
    checks: LoginChecks,
    now: Instant,
  ): Promise<LoginResult> {
    const signal = AbortSignal.timeout(STEP_MS_MAX);
    const url = new URL(this.#options.callbackUrl);
    for (const [name, value] of Object.entries(callback)) url.searchParams.set(name, value);
    try {
      const discovered = await this.#directory.discover(at, now, signal);
      const config = this.#configure(at, discovered, signal);
      const tokens = await authorizationCodeGrant(config, url, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.codeVerifier,
        idTokenExpected: true,
      });
      const claims = await verifyIdToken(tokens.id_token!, at, discovered, now);
      const subject = String(claims.sub);
      return { subject, claims: await addUserInfo(claims, tokens.access_token, config, at) };
    } catch (error) {
      throw faultOfLogin(error);
    }
  }

  /** One per step, since it carries the step's time limit. */
  #configure(at: IdentityProvider, { metadata }: DiscoveredIssuer, signal: AbortSignal): Configuration {
    const config = new Configuration(metadata, at.clientId, undefined, authenticationOf(at));
    config[customFetch] = guardFetch(at, this.#options, signal);
    if (this.#options.allowsLoopback) allowInsecureRequests(config);
    return config;
  }
}

function authenticationOf({ clientAuthentication, clientSecret }: IdentityProvider) {
  if (clientSecret === undefined) return None();
  return clientAuthentication === 'client_secret_post'
    ? ClientSecretPost(clientSecret)
    : ClientSecretBasic(clientSecret);
}

/** The library trusts TLS for a token that comes straight from the issuer; the signature is checked all the same. */
async function verifyIdToken(
  idToken: string,
  { clientId }: IdentityProvider,
  { findKey, metadata }: DiscoveredIssuer,
  now: Instant,
) {
  const { payload } = await jwtVerify(idToken, findKey, {
    issuer: metadata.issuer,
    audience: clientId,
    algorithms: ID_TOKEN_ALGORITHMS,
    requiredClaims: ['sub', 'exp'],
    currentDate: new Date(now),
    clockTolerance: CLOCK_TOLERANCE_S,
  });
  return payload;
}

/** Where a rule asks for a claim that the ID token leaves out. What the ID token says holds. */
async function addUserInfo(
  claims: Claims,
  accessToken: string,
  config: Configuration,
  { rules }: IdentityProvider,
): Promise<Claims> {
  const isComplete = rules.every(({ claim }) => claims[claim] !== undefined);
  if (isComplete || config.serverMetadata().userinfo_endpoint === undefined) return claims;
  return { ...(await fetchUserInfo(config, accessToken, String(claims.sub))), ...claims };
}
