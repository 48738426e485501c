// A real OpenID provider (oidc-provider) on loopback that signs in whoever `account` is, without a page.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';

export const CLIENT_ID = 'playgate';
export const CLIENT_SECRET = 'a-secret-of-the-tests-that-is-long-enough';

export interface Account {
  readonly id: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface IdentityProviderOptions {
  readonly callbackUrl: string;
  /** True: claims stand in the ID token too; false: in userinfo only. */
  readonly claimsInIdToken?: boolean;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers in place of the provider; false: leaves it to the provider. */
type Override = (request: IncomingMessage, response: ServerResponse) => boolean;

export class IdentityProvider implements AsyncDisposable {
  account: Account = { id: 'anna', claims: { birthdate: '1990-05-17' } };
  /** `down`: connections are cut; `silent`: nothing is answered; `refuse`: the player says no. */
  mode: 'up' | 'down' | 'silent' | 'refuse' = 'up';
  override: Override = () => false;
  /** Paths asked for, in order. */
  readonly asked: string[] = [];
  readonly #options: IdentityProviderOptions;
  readonly #server: Server;
  #handle: Handle = () => undefined;

  private constructor(options: IdentityProviderOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(options: IdentityProviderOptions): Promise<IdentityProvider> {
    const provider = new IdentityProvider(options);
    provider.#server.listen(0, '127.0.0.1');
    await once(provider.#server, 'listening');
    await provider.rotateKeys();
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on it signs with another key and publishes only that one. */
  async rotateKeys(): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: 'RS256', use: 'sig' };
    const provider = new Provider(this.issuer, { ...this.#configuration(), jwks: { keys: [key] } });
    const callback = provider.callback();
    this.#handle = (request, response) => {
      if (!request.url!.startsWith('/interaction/')) return void callback(request, response);
      const result =
        this.mode === 'refuse'
          ? { error: 'access_denied' }
          : { login: { accountId: this.account.id, remember: false } };
      provider.interactionFinished(request, response, result).catch(() => response.destroy());
    };
  }

  /** What a browser does with the URL of an authorization request: where it is sent to at the end. */
  async signIn(redirectUrl: string): Promise<URL> {
    const cookies = new Map<string, string>();
    let url = redirectUrl;
    for (let hops = 0; hops < 10; hops++) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
      for (const text of response.headers.getSetCookie()) {
        const [pair] = text.split(';');
        const at = pair!.indexOf('=');
        cookies.set(pair!.slice(0, at), pair!.slice(at + 1));
      }
      const location = response.headers.get('location');
      if (location === null) throw new Error(`sign-in stopped: ${response.status} ${await response.text()}`);
      url = new URL(location, url).href;
      if (url.startsWith(this.#options.callbackUrl)) return new URL(url);
    }
    throw new Error('sign-in goes round in circles');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(new URL(request.url!, this.issuer).pathname);
    if (this.mode === 'down') return void request.socket.destroy();
    if (this.mode === 'silent') return;
    if (!this.override(request, response)) this.#handle(request, response);
  }

  #configuration(): Configuration {
    return {
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          redirect_uris: [this.#options.callbackUrl],
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      cookies: { keys: ['k'] },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
      pkce: { required: () => true },
      conformIdTokenClaims: this.#options.claimsInIdToken !== true,
      claims: {
        openid: ['sub'],
        profile: ['birthdate', 'national_id', 'groups', 'staff', 'name', 'email'],
        phone: ['phone_number', 'phone_number_verified'],
      },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
      findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...this.account.claims }) }),
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
        grant.addOIDCScope('openid profile phone');
        await grant.save();
        return grant;
      },
    };
  }
}
