// Whom wallets are believed about: the trust list of the deployment, a JSON file. An issuer's keys come from the list and
// from nowhere else, so nothing a presentation says can lead to a key.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';

/** Those of the high assurance profiles of wallets; each names its curve, so a key fits one of them. */
export const CREDENTIAL_ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'Ed25519'] as const;

const ISSUERS_MAX = 100;
const KEYS_MAX = 20;
const TYPES_MAX = 20;
const NAME_LENGTH_MAX = 512;

export interface WalletIssuer {
  /** `iss` of its credentials. */
  readonly issuer: string;
  readonly findKey: JWTVerifyGetKey;
  /** `vct` values that are accepted from it. */
  readonly types: readonly string[];
  /** What becomes of credentials with a `status` (revocation list), which is not looked up: refused, or taken as valid. */
  readonly status: 'refuse' | 'ignore';
}

export interface WalletIssuers {
  /** Undefined: not trusted. */
  find(issuer: string): WalletIssuer | undefined;
  /** Every type of every issuer, each once. */
  readonly types: readonly string[];
}

const name = z.string().min(1).max(NAME_LENGTH_MAX);
const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'OKP']), crv: z.enum(['P-256', 'P-384', 'Ed25519']) })
  .refine((key) => !('d' in key), 'must be a public key');
const keySet = z.looseObject({ keys: z.array(publicKey).min(1).max(KEYS_MAX) });
const entry = z
  .strictObject({
    issuer: name,
    jwks: keySet.optional(),
    /** Beside the trust list, or absolute. */
    jwksFile: name.optional(),
    vct: z.array(name).min(1).max(TYPES_MAX),
    assurance: z.literal('wallet'),
    status: z.enum(['refuse', 'ignore']).default('refuse'),
  })
  .refine(({ jwks, jwksFile }) => (jwks === undefined) !== (jwksFile === undefined), 'needs either jwks or jwksFile');
const trustList = z.strictObject({ issuers: z.array(entry).max(ISSUERS_MAX) });

/** Throws an Error that says what is wrong with the list. */
export async function loadWalletIssuers(file: string): Promise<WalletIssuers> {
  const { issuers } = trustList.parse(await readJson(file));
  return createWalletIssuers(
    await Promise.all(
      issuers.map(async ({ issuer, jwks, jwksFile, vct, status }) => {
        const keys = jwks ?? keySet.parse(await readJson(path.resolve(path.dirname(file), jwksFile!)));
        return { issuer, findKey: createLocalJWKSet(keys as unknown as JSONWebKeySet), types: vct, status };
      }),
    ),
  );
}

/** Throws an Error when an issuer is listed twice. */
export function createWalletIssuers(issuers: readonly WalletIssuer[]): WalletIssuers {
  const byName = new Map(issuers.map((each) => [each.issuer, each]));
  if (byName.size !== issuers.length) throw new Error('an issuer is listed twice');
  return { find: (issuer) => byName.get(issuer), types: [...new Set(issuers.flatMap(({ types }) => types))] };
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
