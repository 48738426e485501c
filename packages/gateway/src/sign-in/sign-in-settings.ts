// Who may sign people in, and what they are then: the JSON file of PLAYGATE_SIGN_IN_FILE (docs/sign-in.md).
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { isSecure, type OidcIssuerRules } from '../verification/identity/oidc/oidc-issuers.ts';

const IDENTITY_PROVIDERS_MAX = 16;
const RULES_MAX = 1_000;
const SCOPES_MAX = 16;
const ORIGINS_MAX = 64;
const TEXT_LENGTH_MAX = 1_024;
const ID_LENGTH_MAX = 64;

const text = z.string().min(1).max(TEXT_LENGTH_MAX);
const url = z.url({ protocol: /^https?$/ }).max(TEXT_LENGTH_MAX);
const subjectId = z.string().regex(new RegExp(`^[A-Za-z0-9_-]{1,${ID_LENGTH_MAX}}$`), 'must be an id');

/** `equals`: the claim is this. `includes`: the claim is a list with this in it. */
const condition = { claim: text, equals: z.union([text, z.boolean()]).optional(), includes: text.optional() };

const rule = z
  .discriminatedUnion('role', [
    z.strictObject({ ...condition, role: z.literal('operator') }),
    z.strictObject({ ...condition, role: z.literal('provider'), subjectId, mode: z.enum(['test', 'live']) }),
    z.strictObject({ ...condition, role: z.literal('agent'), subjectId }),
    z.strictObject({ ...condition, role: z.literal('regulator'), subjectId }),
  ])
  .refine(({ equals, includes }) => (equals === undefined) !== (includes === undefined), {
    error: 'needs one of equals and includes',
  });

const identityProvider = z.strictObject({
  /** As `GET /v1/sign-in?provider=` names it. */
  id: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be lower-case letters, digits and -'),
  issuer: url,
  clientId: text,
  /** Left out: a public client, which proves itself by PKCE alone. */
  clientSecret: text.optional(),
  clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post']).default('client_secret_basic'),
  scopes: z
    .array(text.regex(/^[!#-[\]-~]+$/))
    .min(1)
    .max(SCOPES_MAX)
    .default(['openid'])
    .refine((scopes) => scopes.includes('openid'), 'must have openid'),
  /** Further origins of the issuer's endpoints; its own is always one. */
  endpointOrigins: z.array(url).max(ORIGINS_MAX).default([]),
  /** The first that fits holds; nobody gets in without one. */
  rules: z.array(rule).min(1).max(RULES_MAX),
});

const settings = z.strictObject({ identityProviders: z.array(identityProvider).min(1).max(IDENTITY_PROVIDERS_MAX) });

export type RoleRule = z.output<typeof rule>;
export type IdentityProvider = z.output<typeof identityProvider>;
export type SignInSettingsInFile = z.input<typeof settings>;

/** Throws an Error that names what is wrong with the file; never a value, which may be a secret. */
export async function loadIdentityProviders(
  file: string,
  rules: OidcIssuerRules,
): Promise<readonly IdentityProvider[]> {
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
  return parseIdentityProviders(value, rules);
}

/** Throws an Error as above. */
export function parseIdentityProviders(value: unknown, rules: OidcIssuerRules): readonly IdentityProvider[] {
  const result = settings.safeParse(value);
  if (!result.success) {
    throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  }
  const { identityProviders } = result.data;
  if (new Set(identityProviders.map(({ id }) => id)).size < identityProviders.length)
    throw new Error('an id is listed twice');
  for (const { id, issuer, endpointOrigins } of identityProviders) {
    if (![issuer, ...endpointOrigins].every((each) => isSecure(each, rules))) {
      throw new Error(`${id}: every URL must be https (plain http: on loopback, outside production)`);
    }
  }
  return identityProviders;
}
