// A browser of somebody who signs in: it keeps cookies, follows nothing by itself, and goes through the identity provider.
import type { IdentityProvider } from './identity-provider.ts';

export interface BrowserAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

export class PersonBrowser {
  readonly cookies = new Map<string, string>();
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  async send(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: object) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.#baseUrl + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const text of response.headers.getSetCookie()) this.#keep(text);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const answer: BrowserAnswer = {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
    return answer;
  }

  /** As far as the callback: its path and query, not yet asked for. */
  async comeBack(idp: IdentityProvider, returnTo = '/console', change: (url: URL) => void = () => {}): Promise<string> {
    const begun = await this.send('GET', `/v1/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
    if (begun.status !== 302) throw new Error(`sign-in did not begin: ${begun.status} ${JSON.stringify(begun.body)}`);
    const url = new URL(begun.headers.get('location')!);
    change(url);
    const { pathname, search } = await idp.signIn(url.href);
    return pathname + search;
  }

  async signIn(idp: IdentityProvider, returnTo?: string): Promise<BrowserAnswer> {
    return this.send('GET', await this.comeBack(idp, returnTo));
  }

  #keep(setCookie: string): void {
    const [pair = ''] = setCookie.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
