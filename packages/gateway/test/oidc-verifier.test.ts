// The method `oidc` against a real OpenID provider on loopback, and against what a hostile one could do.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Begun, VerifierContext } from '../src/verification/age-verifier.ts';
import { RESPONSE_BYTES_MAX } from '../src/verification/identity/oidc/guarded-fetch.ts';
import { type OidcIssuerInFile, parseOidcIssuers } from '../src/verification/identity/oidc/oidc-issuers.ts';
import { OidcVerifier } from '../src/verification/identity/oidc/oidc-verifier.ts';
import { describeVerifierConformance } from './age-verifier-conformance.ts';
import { CLIENT_ID, CLIENT_SECRET, IdentityProvider } from './support/identity-provider.ts';

const CALLBACK_URL = 'http://127.0.0.1:1/v1/oidc/callback';
const RETURN_URL = 'https://game.example/signed-in';
const WORLD = { providerId: 'prv_a', mode: 'test' } as const;
const HANDLE = 'state-of-the-tests';

let idp: IdentityProvider;

beforeEach(async () => {
  idp = await IdentityProvider.start({ callbackUrl: CALLBACK_URL });
});
afterEach(() => idp[Symbol.asyncDispose]());

function entryOf(provider: IdentityProvider, more: Partial<OidcIssuerInFile> = {}): OidcIssuerInFile {
  return {
    issuer: provider.issuer,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scopes: ['openid', 'profile', 'phone'],
    claims: { nationalId: 'national_id', phone: 'phone_number', phoneVerified: 'phone_number_verified' },
    assurance: 'document',
    returnUrls: [RETURN_URL],
    ...more,
  };
}

function verifierOf(...issuers: readonly OidcIssuerInFile[]): OidcVerifier {
  const rules = { allowsLoopback: true };
  return new OidcVerifier({ ...rules, issuers: parseOidcIssuers({ issuers }, rules), callbackUrl: CALLBACK_URL });
}

function context(): VerifierContext {
  const realNow = Date.now();
  return { world: WORLD, now: realNow, realNow, signal: AbortSignal.timeout(10_000) };
}

const requestOf = (issuer: string) => ({ playerRef: 'anna', method: 'oidc', issuer, returnUrl: RETURN_URL }) as const;

const begin = (verifier: OidcVerifier, issuer = idp.issuer): Promise<Begun> =>
  verifier.begin(requestOf(issuer), HANDLE, context());

async function signIn(verifier: OidcVerifier) {
  const begun = await begin(verifier);
  const callback = Object.fromEntries((await idp.signIn(begun.redirectUrl!)).searchParams);
  return { begun, callback, complete: () => verifier.complete(begun.secret, callback, context()) };
}

describeVerifierConformance('oidc', async () => ({
  verifier: verifierOf(entryOf(idp)),
  request: requestOf(idp.issuer),
  claim: { birthDate: '1990-05-17', assurance: 'document', guardian: null },
  context: context(),
  act: async ({ redirectUrl }) => Object.fromEntries((await idp.signIn(redirectUrl!)).searchParams),
}));

describe('a sign-in', () => {
  it('asks with PKCE, state and nonce, and reads userinfo', async () => {
    idp.account = {
      id: 'anna',
      claims: {
        birthdate: '2009-02-28',
        national_id: '079-309.000001',
        phone_number: '+84901234567',
        phone_number_verified: true,
      },
    };
    const { begun, complete } = await signIn(verifierOf(entryOf(idp)));
    const asked = Object.fromEntries(new URL(begun.redirectUrl!).searchParams);
    expect(asked).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      state: HANDLE,
      redirect_uri: CALLBACK_URL,
    });
    expect(begun.redirectUrl).not.toContain('anna');
    expect(await complete()).toEqual({
      birthDate: '2009-02-28',
      phone: { number: '+84901234567', verified: true },
      guardian: null,
      nationalId: '079309000001',
      subject: { issuer: idp.issuer, id: 'anna', isOnlyOne: true },
      assurance: 'document',
    });
    expect(idp.asked).toContain('/me');
  });

  it('names nobody where the issuer has another subject each time', async () => {
    const { complete } = await signIn(verifierOf({ ...entryOf(idp), subject: 'transient' }));
    expect(await complete()).not.toHaveProperty('subject');
  });

  it('asks userinfo for nothing that the ID token says', async () => {
    await idp[Symbol.asyncDispose]();
    idp = await IdentityProvider.start({ callbackUrl: CALLBACK_URL, claimsInIdToken: true });
    const { complete } = await signIn(verifierOf(entryOf(idp, { claims: {} })));
    expect(await complete()).toMatchObject({ birthDate: '1990-05-17', nationalId: null, phone: null });
    expect(idp.asked).not.toContain('/me');
  });

  it.each([
    ['a date', '2009-02-28', { birthDate: '2009-02-28' }],
    ['a year: the youngest of it', '2009', { birthDate: '2009-12-31', bornFrom: '2009-01-01' }],
    ['a year nobody was born in', '2999', 'claim_malformed'],
    ['nothing', undefined, 'claim_missing'],
    ['a birthday without year', '0000-02-28', 'claim_missing'],
    ['a day that is none', '2009-02-30', 'claim_malformed'],
    ['another format', '28/02/2009', 'claim_malformed'],
    ['a number', 20090228, 'claim_malformed'],
    ['an object', { year: 2009 }, 'claim_malformed'],
  ] as const)('takes of a birth date: %s', async (_, birthdate, wanted) => {
    idp.account = { id: 'anna', claims: { birthdate } };
    const { complete } = await signIn(verifierOf(entryOf(idp)));
    if (typeof wanted === 'string') await expect(complete()).rejects.toMatchObject({ code: wanted });
    else expect(await complete()).toMatchObject(wanted);
  });

  it('follows a rotation of the keys at once', async () => {
    const verifier = verifierOf(entryOf(idp));
    await (await signIn(verifier)).complete();
    await idp.rotateKeys();
    expect(await (await signIn(verifier)).complete()).toMatchObject({ birthDate: '1990-05-17' });
  });

  it('asks for discovery once in a while, not every time', async () => {
    const verifier = verifierOf(entryOf(idp));
    for (let times = 0; times < 3; times++) await begin(verifier);
    expect(idp.asked.filter((path) => path.includes('.well-known'))).toHaveLength(1);
  });

  it('is declined when the player says no', async () => {
    idp.mode = 'refuse';
    const { complete } = await signIn(verifierOf(entryOf(idp)));
    await expect(complete()).rejects.toMatchObject({ code: 'declined' });
  });
});

describe('a callback proves nothing', () => {
  it.each(['server_error', 'temporarily_unavailable'])('and no outage when the browser says %s', async (error) => {
    const verifier = verifierOf(entryOf(idp));
    const { secret } = await begin(verifier);
    const callback = { error, state: HANDLE, iss: idp.issuer };
    const completing = verifier.complete(secret, callback, context());
    await expect(completing).rejects.toMatchObject({ code: 'declined' });
  });

  it.each(['nonce', 'code_challenge', 'state'])('when the %s was changed on the way out', async (name) => {
    const verifier = verifierOf(entryOf(idp));
    const begun = await begin(verifier);
    const url = new URL(begun.redirectUrl!);
    url.searchParams.set(name, 'x'.repeat(43));
    const callback = Object.fromEntries((await idp.signIn(url.href)).searchParams);
    const completing = verifier.complete(begun.secret, callback, context());
    await expect(completing).rejects.toMatchObject({ code: 'proof_invalid' });
  });

  it('when its code is replayed', async () => {
    const { complete } = await signIn(verifierOf(entryOf(idp)));
    await complete();
    await expect(complete()).rejects.toMatchObject({ code: 'proof_invalid' });
  });

  it('when it comes from another issuer (mix-up)', async () => {
    await using other = await IdentityProvider.start({ callbackUrl: CALLBACK_URL });
    other.account = { id: 'mallory', claims: { birthdate: '1970-01-01' } };
    const verifier = verifierOf(entryOf(idp), entryOf(other));
    const { secret } = await begin(verifier);
    const elsewhere = await begin(verifier, other.issuer);
    const callback = Object.fromEntries((await other.signIn(elsewhere.redirectUrl!)).searchParams);
    await expect(verifier.complete(secret, callback, context())).rejects.toMatchObject({ code: 'proof_invalid' });
    const claimed = { ...callback, iss: idp.issuer };
    await expect(verifier.complete(secret, claimed, context())).rejects.toMatchObject({ code: 'proof_invalid' });
  });

  it('when the ID token is signed by a key that the issuer does not publish', async () => {
    const verifier = verifierOf(entryOf(idp));
    const { complete } = await signIn(verifier);
    idp.override = (request, response) => {
      if (request.url !== '/jwks') return false;
      response.setHeader('content-type', 'application/json').end('{"keys":[]}');
      return true;
    };
    await expect(complete()).rejects.toMatchObject({ code: 'proof_invalid' });
  });
});

describe('an issuer', () => {
  it('that is not configured, or not for this provider, is refused', async () => {
    const verifier = verifierOf(entryOf(idp, { providerIds: ['prv_b'] }));
    for (const issuer of [idp.issuer, 'http://127.0.0.1:9', 'https://evil.example']) {
      await expect(begin(verifier, issuer)).rejects.toMatchObject({ code: 'request_refused' });
    }
    expect(idp.asked).toEqual([]);
  });

  it.each([
    'https://evil.example/signed-in',
    'https://game.example/signed-in/more',
    'https://game.example.evil.example/signed-in',
    'https://game.example@evil.example/signed-in',
    'https://user:password@game.example/signed-in',
    'http://game.example/signed-in',
    'https://game.example/signed-in#token',
    'javascript:alert(1)',
    '//evil.example',
  ])('does not send players to %s', async (returnUrl) => {
    const beginning = verifierOf(entryOf(idp)).begin({ ...requestOf(idp.issuer), returnUrl }, HANDLE, context());
    await expect(beginning).rejects.toMatchObject({ code: 'request_refused' });
  });

  it('lets a return URL have a query', async () => {
    const returnUrl = `${RETURN_URL}?lang=vi`;
    const begun = await verifierOf(entryOf(idp)).begin({ ...requestOf(idp.issuer), returnUrl }, HANDLE, context());
    expect(begun.returnUrl).toBe(returnUrl);
  });

  it('that is down is unavailable, at the start and at the end', async () => {
    const verifier = verifierOf(entryOf(idp));
    const { complete } = await signIn(verifier);
    idp.mode = 'down';
    await expect(complete()).rejects.toMatchObject({ code: 'source_unavailable' });
    await expect(begin(verifierOf(entryOf(idp)))).rejects.toMatchObject({ code: 'source_unavailable' });
  });

  it('that says nothing is waited for no longer than the host wants', async () => {
    idp.mode = 'silent';
    const patient = { ...context(), signal: AbortSignal.timeout(50) };
    const beginning = verifierOf(entryOf(idp)).begin(requestOf(idp.issuer), HANDLE, patient);
    await expect(beginning).rejects.toMatchObject({ code: 'source_unavailable' });
  });

  it.each([
    ['a 500', (end: (status: number, body: string) => void) => end(500, '{}')],
    ['no JSON', (end: (status: number, body: string) => void) => end(200, '<html>')],
    [
      'more than is read',
      (end: (status: number, body: string) => void) => end(200, 'x'.repeat(RESPONSE_BYTES_MAX + 1)),
    ],
    ['another issuer', (end: (status: number, body: string) => void) => end(200, '{"issuer":"https://evil.example"}')],
  ])('whose discovery gives %s is unavailable', async (_, answer) => {
    idp.override = (_request, response) => {
      answer((status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
      return true;
    };
    await expect(begin(verifierOf(entryOf(idp)))).rejects.toMatchObject({ code: 'source_unavailable' });
  });

  it('is not followed to addresses that are not its own', async () => {
    await using inside = await IdentityProvider.start({ callbackUrl: CALLBACK_URL });
    const verifier = verifierOf(entryOf(idp));
    idp.override = (request, response) => {
      if (!request.url!.includes('.well-known')) return false;
      const metadata = {
        issuer: idp.issuer,
        authorization_endpoint: `${idp.issuer}/auth`,
        token_endpoint: `${inside.issuer}/token`,
        jwks_uri: `${inside.issuer}/jwks`,
        response_types_supported: ['code'],
      };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(metadata));
      return true;
    };
    const { complete } = await signIn(verifier);
    await expect(complete()).rejects.toMatchObject({ code: 'source_unavailable' });
    expect(inside.asked).toEqual([]);
  });

  it('is not followed through a redirect', async () => {
    await using inside = await IdentityProvider.start({ callbackUrl: CALLBACK_URL });
    idp.override = (_request, response) => {
      response.writeHead(302, { location: `${inside.issuer}/.well-known/openid-configuration` }).end();
      return true;
    };
    await expect(begin(verifierOf(entryOf(idp)))).rejects.toMatchObject({ code: 'source_unavailable' });
    expect(inside.asked).toEqual([]);
  });
});

describe('the file of issuers', () => {
  const rules = { allowsLoopback: false };
  const GOOD = { ...{ issuer: 'https://id.example', clientId: 'c', assurance: 'document' }, returnUrls: [RETURN_URL] };

  it('is taken with the claims of OpenID Connect by default', () => {
    const [issuer] = parseOidcIssuers({ issuers: [GOOD] }, rules);
    expect(issuer).toMatchObject({ scopes: ['openid', 'profile'], claims: { birthDate: 'birthdate' } });
  });

  it.each([
    ['plain http', { ...GOOD, issuer: 'http://id.example' }],
    ['plain http on loopback in production', { ...GOOD, issuer: 'http://127.0.0.1:1' }],
    ['a return URL of plain http', { ...GOOD, returnUrls: ['http://game.example'] }],
    ['no return URL', { ...GOOD, returnUrls: [] }],
    ['an assurance it cannot have', { ...GOOD, assurance: 'wallet' }],
    ['an unknown field', { ...GOOD, secret: 'hush' }],
  ])('is refused with %s, naming no value', (_, entry) => {
    expect(() => parseOidcIssuers({ issuers: [entry] }, rules)).toThrow(/issuers\.0/);
    expect(() => parseOidcIssuers({ issuers: [entry] }, rules)).not.toThrow(/hush|127/);
  });

  it('lists each issuer once', () => {
    expect(() => parseOidcIssuers({ issuers: [GOOD, GOOD] }, rules)).toThrow('listed twice');
  });
});
