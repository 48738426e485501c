// A tiny OpenID provider: two people, a page to choose who one is, and a birth date for whoever asks with the scope
// `profile`. It stands for a national e-identity; nothing of it is fit for more than an example.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export const CLIENT_ID = 'playgate';
export const CLIENT_SECRET = 'only-the-gateway-and-the-provider-know-this';

const PEOPLE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  linh: { birthdate: '2009-04-30', phone_number: '+84901234567', phone_number_verified: true },
  minh: { birthdate: '1990-09-02', phone_number: '+84907654321', phone_number_verified: true },
};

export interface RunningProvider {
  readonly issuer: string;
  close(): void;
}

/** `callbackUrl`: where the gateway takes answers. */
export async function startIdentityProvider(callbackUrl: string): Promise<RunningProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = createProvider(issuer, callbackUrl);
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url!.startsWith('/interaction/')) void askWhoItIs(provider, request, response);
    else void answer(request, response);
  });
  return {
    issuer,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function createProvider(issuer: string, callbackUrl: string): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [callbackUrl],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    cookies: { keys: ['example'] },
    // Seconds.
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['birthdate'], phone: ['phone_number', 'phone_number_verified'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...PEOPLE[id] }) }),
    // Who signs in agrees: a real provider asks which claims may be told.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
      grant.addOIDCScope('openid profile phone');
      await grant.save();
      return grant;
    },
  });
}

/** GET: a page with a button for each; POST: the one that was chosen. */
async function askWhoItIs(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    const buttons = Object.keys(PEOPLE).map((name) => `<button name="who" value="${name}">${name}</button>`);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>Who are you?</title><form method="post">${buttons.join(' ')}</form>`);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const who = new URLSearchParams(Buffer.concat(chunks).toString()).get('who') ?? '';
  const result = who in PEOPLE ? { login: { accountId: who } } : { error: 'access_denied' };
  await provider.interactionFinished(request, response, result);
}
