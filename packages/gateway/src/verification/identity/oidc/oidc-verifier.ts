// Any OpenID provider that tells a birth date: authorization code flow with PKCE (RFC 7636), state, nonce, the issuer of
// the answer (RFC 9207) and the signature of the ID token checked. Tokens are judged by real time and kept nowhere.
import { type JWTPayload, jwtVerify } from 'jose';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client';
import {
  type Begun,
  type CallbackParameters,
  type InteractiveVerifier,
  type OidcRequest,
  type VerifierContext,
  VerifierError,
} from '../../age-verifier.ts';
import type { IdentityClaim } from '../../identity-claim.ts';
import { guardFetch } from './guarded-fetch.ts';
import { type DiscoveredIssuer, IssuerDirectory } from './issuer-directory.ts';
import { allowsReturnUrl, type OidcIssuer, type OidcIssuerRules } from './oidc-issuers.ts';
import { type Claims, lacksClaims, readClaims } from './read-claims.ts';

/** Long enough to find one's papers or telephone, short enough that a forgotten page is of no use to the next person. */
export const OIDC_PENDING_MS_MAX = 600_000;
/** Between the clocks of the issuer and of this machine. */
const CLOCK_TOLERANCE_S = 30;
/** No symmetric ones: whoever knows a client secret could sign with them. */
const ID_TOKEN_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export interface OidcVerifierOptions extends OidcIssuerRules {
  readonly issuers: readonly OidcIssuer[];
  /** The callback operation as issuers and browsers reach it. */
  readonly callbackUrl: string;
}

/** What is kept between the two halves. */
interface Secret {
  readonly issuer: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export class OidcVerifier implements InteractiveVerifier<OidcRequest> {
  readonly kind = 'interactive';
  readonly method = 'oidc';
  readonly pendingMsMax = OIDC_PENDING_MS_MAX;
  readonly #options: OidcVerifierOptions;
  readonly #directory: IssuerDirectory;

  constructor(options: OidcVerifierOptions) {
    this.#options = options;
    this.#directory = new IssuerDirectory(options);
  }

  async begin(request: OidcRequest, handle: string, context: VerifierContext): Promise<Begun> {
    const issuer = this.#findIssuer(request.issuer);
    const { providerIds } = issuer ?? {};
    if (issuer === undefined || providerIds?.includes(context.world.providerId) === false) {
      throw new VerifierError('request_refused', 'the issuer is not one of this deployment');
    }
    if (!allowsReturnUrl(issuer, request.returnUrl)) {
      throw new VerifierError('request_refused', 'the returnUrl is not one that the issuer allows');
    }
    const discovered = await this.#directory.discover(issuer, context.realNow, context.signal);
    const codeVerifier = randomPKCECodeVerifier();
    const nonce = randomNonce();
    const url = buildAuthorizationUrl(this.#configure(issuer, discovered, context.signal), {
      redirect_uri: this.#options.callbackUrl,
      scope: issuer.scopes.join(' '),
      state: handle,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    const secret: Secret = { issuer: issuer.issuer, state: handle, nonce, codeVerifier };
    return { redirectUrl: url.href, secret: JSON.stringify(secret), returnUrl: request.returnUrl };
  }

  async complete(text: string, callback: CallbackParameters, context: VerifierContext): Promise<IdentityClaim> {
    const secret = JSON.parse(text) as Secret;
    const issuer = this.#findIssuer(secret.issuer);
    if (issuer === undefined) throw new VerifierError('proof_invalid', 'the issuer is not configured any more');
    const discovered = await this.#directory.discover(issuer, context.realNow, context.signal);
    const config = this.#configure(issuer, discovered, context.signal);
    const url = new URL(this.#options.callbackUrl);
    for (const [name, value] of Object.entries(callback)) url.searchParams.set(name, value);
    try {
      const tokens = await authorizationCodeGrant(config, url, {
        expectedState: secret.state,
        expectedNonce: secret.nonce,
        pkceCodeVerifier: secret.codeVerifier,
        idTokenExpected: true,
      });
      const claims = await this.#verifyIdToken(tokens.id_token!, issuer, discovered, context);
      const all = await this.#addUserInfo(claims, tokens.access_token, config, issuer);
      return readClaims(all, issuer);
    } catch (error) {
      throw translate(error);
    }
  }

  #findIssuer(name: string): OidcIssuer | undefined {
    return this.#options.issuers.find(({ issuer }) => issuer === name);
  }

  /** One per call, since it carries the call's time limit. */
  #configure(issuer: OidcIssuer, { metadata }: DiscoveredIssuer, signal: AbortSignal): Configuration {
    const config = new Configuration(metadata, issuer.clientId, undefined, authenticationOf(issuer));
    config[customFetch] = guardFetch(issuer, this.#options, signal);
    if (this.#options.allowsLoopback) allowInsecureRequests(config);
    return config;
  }

  /** The library trusts TLS for a token that comes straight from the issuer; the signature is checked all the same. */
  async #verifyIdToken(
    idToken: string,
    { clientId }: OidcIssuer,
    { findKey, metadata }: DiscoveredIssuer,
    { realNow }: VerifierContext,
  ): Promise<JWTPayload> {
    const { payload } = await jwtVerify(idToken, findKey, {
      issuer: metadata.issuer,
      audience: clientId,
      algorithms: ID_TOKEN_ALGORITHMS,
      currentDate: new Date(realNow),
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    return payload;
  }

  /** What the ID token says holds; userinfo fills in what it leaves out. */
  async #addUserInfo(
    claims: JWTPayload,
    accessToken: string,
    config: Configuration,
    issuer: OidcIssuer,
  ): Promise<Claims> {
    if (!lacksClaims(claims, issuer) || config.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...(await fetchUserInfo(config, accessToken, String(claims.sub))), ...claims };
  }
}

function authenticationOf({ clientAuthentication, clientSecret }: OidcIssuer): ClientAuth {
  if (clientSecret === undefined) return None();
  return clientAuthentication === 'client_secret_post'
    ? ClientSecretPost(clientSecret)
    : ClientSecretBasic(clientSecret);
}

/**
 * Without the cause where that could quote tokens or claims. An error that the browser brings (RFC 6749 4.1.2.1) declines,
 * `server_error` and `temporarily_unavailable` too: anybody can write them into the address, and an outage may let players in.
 */
function translate(error: unknown): VerifierError {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof VerifierError) return cause;
  }
  if (error instanceof AuthorizationResponseError) {
    return new VerifierError('declined', 'the issuer or the player declined');
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_JWKS_TIMEOUT') return new VerifierError('source_unavailable', 'the issuer does not give its keys');
  return new VerifierError('proof_invalid', `what came back proves nothing (${code || 'no code'})`);
}
