// The OpenID providers of a deployment, from a JSON file (PLAYGATE_OIDC_FILE): whom to ask, as whom, which claims mean
// what, and where players may be sent afterwards. Nothing else is ever asked or redirected to.
import { readFile } from 'node:fs/promises';
import * as z from 'zod';

const ISSUERS_MAX = 32;
const URLS_MAX = 64;
const SCOPES_MAX = 16;
const PROVIDERS_MAX = 1_000;
const TEXT_LENGTH_MAX = 1_024;

const text = z.string().min(1).max(TEXT_LENGTH_MAX);
const httpUrl = z.url({ protocol: /^https?$/ }).max(TEXT_LENGTH_MAX);

const issuerEntry = z.strictObject({
  issuer: httpUrl,
  clientId: text,
  /** Left out: a public client, which proves itself by PKCE alone. */
  clientSecret: text.optional(),
  clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post']).default('client_secret_basic'),
  scopes: z
    .array(text.regex(/^[!#-[\]-~]+$/))
    .min(1)
    .max(SCOPES_MAX)
    .default(['openid', 'profile']),
  /** Names of claims; those of OpenID Connect where they exist. */
  claims: z
    .strictObject({
      birthDate: text.default('birthdate'),
      nationalId: text.optional(),
      phone: text.optional(),
      phoneVerified: text.optional(),
    })
    .prefault({}),
  assurance: z.enum(['declared', 'attested', 'document']),
  /** `lasting`: `sub` is the same whenever the same human signs in, and no human has two. `transient`: it says nothing. */
  subject: z.enum(['lasting', 'transient']).default('lasting'),
  /** Where players may be sent back to; compared without query. */
  returnUrls: z.array(httpUrl).min(1).max(URLS_MAX),
  /** Further origins of the issuer's token, userinfo and key endpoints; its own is always one. */
  endpointOrigins: z.array(httpUrl).max(URLS_MAX).default([]),
  /** Game providers that may use it; left out: all. */
  providerIds: z.array(text).min(1).max(PROVIDERS_MAX).optional(),
});
const issuersFile = z.strictObject({ issuers: z.array(issuerEntry).min(1).max(ISSUERS_MAX) });

export type OidcIssuer = z.output<typeof issuerEntry>;
/** All that is needed to reach an issuer and learn what it says of itself. */
export type IssuerPlace = Pick<OidcIssuer, 'issuer' | 'clientId' | 'endpointOrigins'>;
export type OidcIssuerInFile = z.input<typeof issuerEntry>;

export interface OidcIssuerRules {
  /** True: issuers and return URLs on this machine may be plain http. Never in production. */
  readonly allowsLoopback: boolean;
}

/** Throws an Error that names what is wrong with the file; never a value, which may be a secret. */
export async function loadOidcIssuers(file: string, rules: OidcIssuerRules): Promise<readonly OidcIssuer[]> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot be read (${error.code})`);
  });
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    // The parser's message quotes the text.
    throw new Error('is not JSON');
  }
  return parseOidcIssuers(value, rules);
}

/** Throws an Error as above. */
export function parseOidcIssuers(value: unknown, rules: OidcIssuerRules): readonly OidcIssuer[] {
  const result = issuersFile.safeParse(value);
  if (!result.success) {
    throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }
  const { issuers } = result.data;
  if (new Set(issuers.map(({ issuer }) => issuer)).size < issuers.length) throw new Error('an issuer is listed twice');
  for (const [index, { issuer, endpointOrigins, returnUrls }] of issuers.entries()) {
    const urls = [issuer, ...endpointOrigins, ...returnUrls];
    if (!urls.every((url) => isSecure(url, rules))) {
      throw new Error(`issuers.${index}: every URL must be https (plain http: on loopback, outside production)`);
    }
  }
  return issuers;
}

/** https, or plain http to this machine where that is allowed. */
export function isSecure(url: string | URL, { allowsLoopback }: OidcIssuerRules): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && allowsLoopback && isLoopback(hostname));
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** Whether players may be sent to `returnUrl`: one of the list, with any query, and nothing hidden in it. */
export function allowsReturnUrl({ returnUrls }: OidcIssuer, returnUrl: string): boolean {
  if (!URL.canParse(returnUrl)) return false;
  const url = new URL(returnUrl);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return returnUrls.some((allowed) => placeOf(new URL(allowed)) === placeOf(url));
}

const placeOf = ({ origin, pathname }: URL): string => origin + pathname;
