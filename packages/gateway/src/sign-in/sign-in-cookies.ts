// The cookies of sign-in: their names, attributes and limits stand here and nowhere else.
import { isLoopback } from '../verification/identity/oidc/oidc-issuers.ts';

export interface SignInCookies {
  /** Holds the id of a session. */
  readonly session: Cookie;
  /** Holds what the callback must be told by the browser that began. */
  readonly pending: Cookie;
}

export interface Cookie {
  readonly name: string;
  /** Of a Cookie header; null: not there, or there twice, when somebody else set one of them. */
  read(header: string | undefined): string | null;
  /** `maxAgeS` null: until the browser ends. The Set-Cookie header. */
  write(value: string, maxAgeS: number | null): string;
  clear(): string;
}

/**
 * With the prefix `__Host-` a browser takes the cookie only over https, from this host itself, for all of it, so neither a
 * sister domain nor a plain-text connection can plant one (RFC 6265bis 4.1.3.2). On loopback over http, where browsers
 * would refuse it, the names go without. Throws a TypeError for any other address over http.
 */
export function signInCookiesOf(publicUrl: string): SignInCookies {
  const { protocol, hostname } = new URL(publicUrl);
  const isSecure = protocol === 'https:';
  if (!isSecure && !isLoopback(hostname)) throw new TypeError('publicUrl: people sign in over https only');
  const prefix = isSecure ? '__Host-' : '';
  return { session: cookie(`${prefix}playgate`, isSecure), pending: cookie(`${prefix}playgate-sign-in`, isSecure) };
}

function cookie(name: string, isSecure: boolean): Cookie {
  const write = (value: string, maxAgeS: number | null) =>
    [
      `${name}=${value}`,
      'Path=/',
      'HttpOnly',
      // The callback comes from another site, as a navigation: Strict would keep the cookie from it.
      'SameSite=Lax',
      ...(isSecure ? ['Secure'] : []),
      ...(maxAgeS === null ? [] : [`Max-Age=${maxAgeS}`]),
    ].join('; ');
  return { name, write, clear: () => write('', 0), read: (header) => readCookie(header, name) };
}

function readCookie(header: string | undefined, name: string): string | null {
  const prefix = `${name}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix));
  return found.length === 1 ? found[0]!.slice(prefix.length) : null;
}
