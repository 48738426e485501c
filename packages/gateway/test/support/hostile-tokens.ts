import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

export interface TokenParts {
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
}

export function decodeToken(token: string): TokenParts & { readonly signature: string } {
  const [header, payload, signature] = token.split('.');
  const parse = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
  return { header: parse(header), payload: parse(payload), signature: signature ?? '' };
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function unsigned({ header, payload }: TokenParts): string {
  return `${encode(header)}.${encode(payload)}`;
}

export function signHmac(parts: TokenParts, key: string | Uint8Array): string {
  const input = unsigned(parts);
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** Signed by a key nobody trusts, which the header may offer. */
export function signStranger(parts: TokenParts): string {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const header = 'jwk' in parts.header ? { ...parts.header, jwk: publicKey.export({ format: 'jwk' }) } : parts.header;
  const input = unsigned({ header, payload: parts.payload });
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
}

/** A valid token taken apart and put together wrongly, in every way that needs no key; by name. */
export function distort(token: string): Record<string, string> {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const parts = decodeToken(token);
  const withHeader = (change: object) =>
    `${unsigned({ ...parts, header: { ...parts.header, ...change } })}.${signature}`;
  const withPayload = (change: object) =>
    `${unsigned({ ...parts, payload: { ...parts.payload, ...change } })}.${signature}`;
  return {
    empty: '',
    'not a token': 'hello',
    dots: '..',
    'alg none': `${unsigned({ ...parts, header: { ...parts.header, alg: 'none' } })}.`,
    'alg None with signature': withHeader({ alg: 'None' }),
    'no signature': `${header}.${payload}.`,
    'two parts': `${header}.${payload}`,
    'five parts': `${header}.${payload}.${signature}.${payload}.${signature}`,
    'signature cut': token.slice(0, -4),
    'signature longer': `${token}AAAA`,
    'signature of zeros': `${header}.${payload}.${'A'.repeat(signature.length)}`,
    'payload cut': `${header}.${payload.slice(0, -4)}.${signature}`,
    'payload changed': withPayload({ sub: 'ply_other' }),
    'expiry changed': withPayload({ exp: 9_999_999_999 }),
    'kid changed': withHeader({ kid: '../../dev/null' }),
    'crit added': withHeader({ crit: ['exp'] }),
    'jku added': withHeader({ jku: 'https://evil.example/jwks.json' }),
    'header not JSON': `AAAA.${payload}.${signature}`,
    'payload not JSON': `${header}.AAAA.${signature}`,
    'with spaces': ` ${token} `,
    'with a line end': `${token}\n`,
    'base64 padded': `${header}=.${payload}=.${signature}=`,
    huge: `${header}.${'A'.repeat(1_000_000)}.${signature}`,
    'very many dots': '.'.repeat(100_000),
  };
}
