// What an issuer says of itself (discovery) and its keys, kept for a while. One entry per configured issuer.
import type { Instant } from '@playgate/policy';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { allowInsecureRequests, discovery, customFetch as discoveryFetch, type ServerMetadata } from 'openid-client';
import { VerifierError } from '../../age-verifier.ts';
import { guardFetch } from './guarded-fetch.ts';
import { type IssuerPlace, isSecure, type OidcIssuerRules } from './oidc-issuers.ts';

/** Endpoints change about never. */
const DISCOVERY_KEPT_MS = 600_000;
/** A key that is not in the set makes it be fetched again at once, so this only bounds how long a withdrawn one lives. */
const KEYS_KEPT_MS = 600_000;
const KEYS_MS_MAX = 5_000;

export interface DiscoveredIssuer {
  readonly metadata: ServerMetadata;
  readonly findKey: JWTVerifyGetKey;
}

interface Entry {
  readonly discovered: DiscoveredIssuer;
  readonly renewAt: Instant;
}

export class IssuerDirectory {
  readonly #rules: OidcIssuerRules;
  readonly #entries = new Map<string, Entry>();

  constructor(rules: OidcIssuerRules) {
    this.#rules = rules;
  }

  /** Throws a VerifierError `source_unavailable`. What was known before serves while the issuer cannot be asked again. */
  async discover(issuer: IssuerPlace, realNow: Instant, signal: AbortSignal): Promise<DiscoveredIssuer> {
    const known = this.#entries.get(issuer.issuer);
    if (known !== undefined && realNow < known.renewAt) return known.discovered;
    try {
      const discovered = this.#describe(issuer, await this.#ask(issuer, signal), known?.discovered);
      this.#entries.set(issuer.issuer, { discovered, renewAt: realNow + DISCOVERY_KEPT_MS });
      return discovered;
    } catch (cause) {
      if (known !== undefined) return known.discovered;
      throw new VerifierError('source_unavailable', 'the issuer does not describe itself', { cause });
    }
  }

  async #ask(issuer: IssuerPlace, signal: AbortSignal): Promise<ServerMetadata> {
    const config = await discovery(new URL(issuer.issuer), issuer.clientId, undefined, undefined, {
      [discoveryFetch]: guardFetch(issuer, this.#rules, signal),
      execute: this.#rules.allowsLoopback ? [allowInsecureRequests] : [],
    });
    return config.serverMetadata();
  }

  #describe(issuer: IssuerPlace, metadata: ServerMetadata, before: DiscoveredIssuer | undefined): DiscoveredIssuer {
    const { authorization_endpoint: authorizationEndpoint, jwks_uri: jwksUri } = metadata;
    if (authorizationEndpoint === undefined || jwksUri === undefined || metadata.token_endpoint === undefined) {
      throw new Error('the issuer has no authorization code flow');
    }
    // The browser of the player goes there: an address of plain http would tell everybody on its way.
    if (!isSecure(authorizationEndpoint, this.#rules)) throw new Error('the authorization endpoint is not https');
    if (before?.metadata.jwks_uri === jwksUri) return { metadata, findKey: before.findKey };
    const findKey = createRemoteJWKSet(new URL(jwksUri), {
      [customFetch]: guardFetch(issuer, this.#rules),
      cacheMaxAge: KEYS_KEPT_MS,
      // Tokens come from the issuer itself, so nobody can make it be asked for keys in vain.
      cooldownDuration: 0,
      timeoutDuration: KEYS_MS_MAX,
    });
    return { metadata, findKey };
  }
}
