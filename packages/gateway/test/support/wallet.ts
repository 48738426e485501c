// An issuer of age credentials and a wallet that holds them, made with the SD-JWT library's own side for holders.
import { createHash, randomBytes } from 'node:crypto';
import { SDJwtInstance } from '@sd-jwt/core';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK } from 'jose';
import { createWalletIssuers, type WalletIssuers } from '../../src/verification/identity/wallet/wallet-issuers.ts';

export const ISSUER = 'https://issuer.test';
export const CREDENTIAL_TYPE = 'urn:test:age:1';

export interface KeyPair {
  readonly publicJwk: JWK;
  readonly sign: (data: string) => Promise<string>;
}

export async function createKeyPair(): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const sign = async (data: string) => {
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(data));
    return Buffer.from(signature).toString('base64url');
  };
  return { publicJwk: await exportJWK(publicKey), sign };
}

export interface CredentialOptions {
  readonly issuer: KeyPair;
  readonly holder: KeyPair;
  /** Selectively disclosable. */
  readonly hidden: Readonly<Record<string, unknown>>;
  /** In the open; replaces what is there by default, undefined leaves it out. */
  readonly open?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly issuedAt: number;
}

const hasher = (data: string | ArrayBuffer) =>
  new Uint8Array(
    createHash('sha256')
      .update(typeof data === 'string' ? data : new Uint8Array(data))
      .digest(),
  );
const saltGenerator = () => randomBytes(16).toString('base64url');

export async function issueCredential(options: CredentialOptions): Promise<string> {
  const { issuer, holder, hidden, open = {}, header = {}, issuedAt } = options;
  const iat = Math.floor(issuedAt / 1000);
  const claims = {
    iss: ISSUER,
    vct: CREDENTIAL_TYPE,
    iat,
    exp: iat + 365 * 86_400,
    cnf: { jwk: holder.publicJwk },
    ...open,
    ...hidden,
  };
  const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  const library = new SDJwtInstance({
    hasher,
    saltGenerator,
    signer: issuer.sign,
    signAlg: 'ES256',
    hashAlg: 'sha-256',
  });
  return library.issue(present, { _sd: Object.keys(hidden) } as never, { header: { typ: 'dc+sd-jwt', ...header } });
}

export interface PresentOptions {
  readonly holder: KeyPair;
  readonly disclose: readonly string[];
  readonly nonce: string;
  readonly audience: string;
  readonly at: number;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly binding?: Readonly<Record<string, unknown>>;
}

/** The credential with the named claims disclosed, bound to a request. */
export async function presentCredential(credential: string, options: PresentOptions): Promise<string> {
  const frame = Object.fromEntries(options.disclose.map((name) => [name, true]));
  const bound = await new SDJwtInstance({ hasher }).present(credential, frame);
  return bind(bound, options);
}

/** Any text with a proof of possession behind it. */
export async function bind(bound: string, { holder, nonce, audience, at, header, binding }: PresentOptions) {
  const payload = {
    iat: Math.floor(at / 1000),
    aud: audience,
    nonce,
    sd_hash: createHash('sha256').update(bound).digest('base64url'),
    ...binding,
  };
  return bound + (await signJwt({ alg: 'ES256', typ: 'kb+jwt', ...header }, payload, holder));
}

export async function signJwt(header: object, payload: object, key: KeyPair): Promise<string> {
  const data = `${encodeJson(header)}.${encodeJson(payload)}`;
  return `${data}.${await key.sign(data)}`;
}

export function encodeJson(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export function trust(issuer: KeyPair, status: 'refuse' | 'ignore' = 'refuse'): WalletIssuers {
  const findKey = createLocalJWKSet({ keys: [{ ...issuer.publicJwk, kid: 'k1' }] });
  return createWalletIssuers([{ issuer: ISSUER, findKey, types: [CREDENTIAL_TYPE], status }]);
}
