import { createHash } from 'node:crypto';
import { SDJwtInstance } from '@sd-jwt/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PresentationError } from '../src/verification/identity/wallet/presentation-error.ts';
import {
  CLOCK_SKEW_MS_MAX,
  KEY_BINDING_AGE_MS_MAX,
  verifyPresentation,
} from '../src/verification/identity/wallet/verify-presentation.ts';
import {
  bind,
  CREDENTIAL_TYPE,
  createKeyPair,
  encodeJson,
  ISSUER,
  issueCredential,
  presentCredential,
  signJwt,
  trust,
} from './support/wallet.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const ISSUED_AT = NOW - 30 * 86_400_000;
const CHALLENGE = { nonce: 'nonce-of-this-request', audience: 'https://playgate.test' };

const issuer = await createKeyPair();
const holder = await createKeyPair();
const stranger = await createKeyPair();
const issuers = trust(issuer);

const HIDDEN = { age_over_18: true, age_over_16: true, given_name: 'An', birthdate: '1990-05-05' };
type Credential = Partial<Parameters<typeof issueCredential>[0]>;
type Presentation = Partial<Parameters<typeof presentCredential>[1]>;

const issue = (more: Credential = {}) =>
  issueCredential({ issuer, holder, hidden: HIDDEN, issuedAt: ISSUED_AT, ...more });
const optionsOf = (more: Presentation = {}) => ({
  holder,
  disclose: ['age_over_18'],
  ...CHALLENGE,
  at: NOW - 5_000,
  ...more,
});
const present = (credential: string, more: Presentation = {}) => presentCredential(credential, optionsOf(more));
const verify = (presentation: string, trusted = issuers) =>
  verifyPresentation(presentation, CHALLENGE, { issuers: trusted, realNow: NOW });
const replacePart = (jwt: string, index: number, part: string) => jwt.split('.').with(index, part).join('.');
const disclosuresOf = (text: string) => text.split('~').slice(1, -1);

describe('a good presentation', () => {
  it('gives what was disclosed and nothing else', async () => {
    const { claims, issuedAt } = await verify(await present(await issue()));
    expect(claims).toMatchObject({ age_over_18: true });
    expect(claims).not.toHaveProperty('given_name');
    expect(claims).not.toHaveProperty('birthdate');
    expect(issuedAt).toBe(ISSUED_AT);
  });

  it('may name its type as older drafts do, carry nested claims, or a status its issuer is excused for', async () => {
    await verify(await present(await issue({ header: { typ: 'vc+sd-jwt' } })));
    const nested = await present(await issue({ hidden: { age_equal_or_over: { 18: true } } }), {
      disclose: ['age_equal_or_over'],
    });
    expect((await verify(nested)).claims).toMatchObject({ age_equal_or_over: { 18: true } });
    const withStatus = await present(
      await issue({ open: { status: { status_list: { idx: 1, uri: 'https://x.test' } } } }),
    );
    await verify(withStatus, trust(issuer, 'ignore'));
    await expect(verify(withStatus)).rejects.toMatchObject({ problem: 'status_not_supported' });
  });

  it('may disclose through another disclosure', async () => {
    const inner = encodeJson(['salt', '18', true]);
    const outer = encodeJson(['salt', 'age_equal_or_over', { _sd: [digestOf(inner)] }]);
    const { claims } = await verify(await presentRaw({ _sd: [digestOf(outer)] }, [outer, inner]));
    expect(claims).toMatchObject({ age_equal_or_over: { 18: true } });
    await expect(verify(await presentRaw({ _sd: [digestOf(outer)] }, [inner]))).rejects.toMatchObject({
      problem: 'disclosure',
    });
  });

  it('may be as old as the bound says, and a wallet may be as fast as the bound says', async () => {
    const credential = await issue();
    await verify(await present(credential, { at: NOW - KEY_BINDING_AGE_MS_MAX - CLOCK_SKEW_MS_MAX }));
    await verify(await present(credential, { at: NOW + CLOCK_SKEW_MS_MAX }));
  });
});

const ADULT = encodeJson(['salt', 'age_over_18', true]);
const digestOf = (disclosure: string) => createHash('sha256').update(disclosure).digest('base64url');
const encodeText = (text: string) => Buffer.from(text).toString('base64url');
const nest = (depth: number): object => (depth === 0 ? {} : { deep: nest(depth - 1) });

/** What a careless or dishonest issuer could sign. */
async function presentRaw(claims: object, disclosures: readonly string[]): Promise<string> {
  const seconds = NOW / 1000;
  const open = { iss: ISSUER, vct: CREDENTIAL_TYPE, iat: seconds - 60, exp: seconds + 60 };
  const payload = { ...open, cnf: { jwk: holder.publicJwk }, ...claims };
  const jwt = await signJwt({ alg: 'ES256', typ: 'dc+sd-jwt' }, payload, issuer);
  return bind(`${[jwt, ...disclosures].join('~')}~`, optionsOf());
}

type Case = readonly [name: string, problem: string, make: () => Promise<string>];

const HOSTILE: readonly Case[] = [
  [
    'an issuer nobody trusts',
    'issuer_not_trusted',
    async () => present(await issue({ open: { iss: 'https://evil.test' } })),
  ],
  ['no issuer', 'issuer_not_trusted', async () => present(await issue({ open: { iss: undefined } }))],
  [
    'an issuer that is not a text',
    'issuer_not_trusted',
    async () => present(await issue({ open: { iss: ['https://issuer.test'] } })),
  ],
  ['signed by the holder itself', 'issuer_signature', async () => present(await issue({ issuer: holder }))],
  [
    'a key in the header',
    'issuer_signature',
    async () => present(await issue({ issuer: stranger, header: { jwk: stranger.publicJwk } })),
  ],
  ['an unknown kid', 'issuer_signature', async () => present(await issue({ header: { kid: 'k2' } }))],
  [
    'a critical extension',
    'issuer_signature',
    async () => present(await issue({ header: { crit: ['b64'], b64: false } })),
  ],
  [
    'alg none',
    'malformed',
    async () => {
      const [jwt = '', ...rest] = (await issue()).split('~');
      const unsigned = `${encodeJson({ alg: 'none', typ: 'dc+sd-jwt' })}.${jwt.split('.')[1]}.`;
      return bind([unsigned, ...rest].join('~'), optionsOf());
    },
  ],
  [
    'alg none with a signature',
    'issuer_signature',
    async () => {
      const [jwt = '', ...rest] = (await issue()).split('~');
      return bind([replacePart(jwt, 0, encodeJson({ alg: 'none', typ: 'dc+sd-jwt' })), ...rest].join('~'), optionsOf());
    },
  ],
  [
    'alg HS256 with the public key as secret',
    'issuer_signature',
    async () => {
      const [jwt = '', ...rest] = (await issue()).split('~');
      return bind(
        [replacePart(jwt, 0, encodeJson({ alg: 'HS256', typ: 'dc+sd-jwt' })), ...rest].join('~'),
        optionsOf(),
      );
    },
  ],
  [
    'a changed payload',
    'issuer_signature',
    async () => {
      const [jwt = '', ...rest] = (await issue()).split('~');
      const payload = JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString());
      const changed = replacePart(jwt, 1, encodeJson({ ...payload, age_over_21: true }));
      return bind([changed, ...rest].join('~'), optionsOf());
    },
  ],
  ['another type', 'type_not_accepted', async () => present(await issue({ open: { vct: 'urn:test:library-card' } }))],
  ['another kind of token', 'type_not_accepted', async () => present(await issue({ header: { typ: 'jwt' } }))],
  ['no type', 'claims_incomplete', async () => present(await issue({ open: { vct: undefined } }))],
  ['no end', 'claims_incomplete', async () => present(await issue({ open: { exp: undefined } }))],
  ['no holder key', 'claims_incomplete', async () => present(await issue({ open: { cnf: undefined } }))],
  ['an expired credential', 'expired', async () => present(await issue({ open: { exp: NOW / 1000 } }))],
  ['a credential of tomorrow', 'not_yet_valid', async () => present(await issue({ open: { nbf: NOW / 1000 + 1 } }))],
  ['another digest algorithm', 'disclosure', async () => presentRaw({ _sd_alg: 'sha-512' }, [])],
  ['a digest twice', 'disclosure', async () => presentRaw({ _sd: [digestOf(ADULT), digestOf(ADULT)] }, [ADULT])],
  [
    'a digest twice, once deeper',
    'disclosure',
    async () => presentRaw({ _sd: [digestOf(ADULT)], more: { _sd: [digestOf(ADULT)] } }, [ADULT]),
  ],
  [
    'a digest of an object used for an element',
    'disclosure',
    async () => presentRaw({ list: [{ '...': digestOf(ADULT) }] }, [ADULT]),
  ],
  [
    'a disclosure that replaces an open claim',
    'disclosure',
    async () => presentRaw({ _sd: [digestOf(ADULT)], age_over_18: false }, [ADULT]),
  ],
  ...['exp', 'iss', 'cnf', 'status', '_sd', '...', '__proto__'].map((name): Case => {
    const disclosure = encodeJson(['salt', name, { x: 1 }]);
    const make = async () => presentRaw({ _sd: [digestOf(disclosure)] }, [disclosure]);
    return [`a disclosure of ${name}`, 'disclosure', make];
  }),
  ['a bottomless credential', 'disclosure', async () => presentRaw({ deep: nest(40) }, [])],
  [
    'a bottomless disclosure',
    'disclosure',
    async () => presentRaw({}, [encodeText(`${'['.repeat(9000)}${']'.repeat(9000)}`)]),
  ],
  [
    'a disclosure with another value',
    'disclosure',
    async () => {
      const credential = await issue({ hidden: { age_over_18: false } });
      const [jwt] = credential.split('~');
      const [salt, name] = JSON.parse(Buffer.from(disclosuresOf(credential)[0]!, 'base64url').toString());
      return bind(`${jwt}~${encodeJson([salt, name, true])}~`, optionsOf());
    },
  ],
  [
    'a disclosure the issuer did not make',
    'disclosure',
    async () => {
      const bound = (await present(await issue())).split('~').slice(0, -1).join('~');
      return bind(`${bound}~${encodeJson(['salt', 'age_over_21', true])}~`, optionsOf());
    },
  ],
  [
    'a disclosure twice',
    'disclosure',
    async () => {
      const bound = (await present(await issue())).split('~').slice(0, -1).join('~');
      return bind(`${bound}~${disclosuresOf(`${bound}~`)[0]}~`, optionsOf());
    },
  ],
  [
    'a disclosure that is no disclosure',
    'disclosure',
    async () => {
      const bound = (await present(await issue())).split('~').slice(0, -1).join('~');
      return bind(`${bound}~${encodeJson({ age_over_21: true })}~`, optionsOf());
    },
  ],
  ['no key binding', 'malformed', async () => `${(await present(await issue())).split('~').slice(0, -1).join('~')}~`],
  ['another audience', 'wrong_audience', async () => present(await issue(), { audience: 'https://other.test' })],
  [
    'several audiences',
    'wrong_audience',
    async () => present(await issue(), { binding: { aud: [CHALLENGE.audience, 'https://other.test'] } }),
  ],
  ['another nonce', 'wrong_nonce', async () => present(await issue(), { nonce: 'nonce-of-another-request' })],
  ['no nonce', 'key_binding', async () => present(await issue(), { binding: { nonce: undefined } })],
  [
    'an old proof',
    'key_binding_stale',
    async () => present(await issue(), { at: NOW - KEY_BINDING_AGE_MS_MAX - CLOCK_SKEW_MS_MAX - 1000 }),
  ],
  [
    'a proof from the future',
    'key_binding_stale',
    async () => present(await issue(), { at: NOW + CLOCK_SKEW_MS_MAX + 1000 }),
  ],
  ['a proof of no time', 'key_binding', async () => present(await issue(), { binding: { iat: undefined } })],
  ['a proof of another kind', 'key_binding', async () => present(await issue(), { header: { typ: 'jwt' } })],
  ['a proof with alg none', 'key_binding', async () => present(await issue(), { header: { alg: 'none' } })],
  ["another holder's key", 'key_binding', async () => present(await issue(), { holder: stranger })],
  ["the issuer's key as holder", 'key_binding', async () => present(await issue(), { holder: issuer })],
  [
    'a holder key that is a secret',
    'holder_key',
    async () => present(await issue({ open: { cnf: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } } })),
  ],
  ['a holder key by name', 'holder_key', async () => present(await issue({ open: { cnf: { kid: 'k1' } } }))],
  [
    'a proof for another presentation',
    'key_binding',
    async () => {
      const credential = await issue();
      const proof = (await present(credential, { disclose: ['age_over_18', 'given_name'] })).split('~').at(-1);
      return (await present(credential)).split('~').with(-1, proof!).join('~');
    },
  ],
  [
    'a disclosure taken away after the proof',
    'key_binding',
    async () => {
      const parts = (await present(await issue(), { disclose: ['age_over_18', 'age_over_16'] })).split('~');
      return parts.toSpliced(1, 1).join('~');
    },
  ],
  ['nothing', 'malformed', async () => ''],
  ['a bare token', 'malformed', async () => signJwt({ alg: 'ES256' }, { iss: 'https://issuer.test' }, issuer)],
  ['no JSON inside', 'malformed', async () => 'YQ.YQ.YQ~YQ.YQ.YQ'],
  ['padding', 'malformed', async () => (await present(await issue())).replace('~', '=~')],
  ['a very long text', 'malformed', async () => `${await issue()}${'A'.repeat(1_000_000)}~a.b.c`],
  ['very many disclosures', 'malformed', async () => `${(await issue()).split('~')[0]}~${'YQ~'.repeat(1000)}a.b.c`],
];

describe('a hostile presentation', () => {
  it.each(HOSTILE)('is refused: %s', async (_name, problem, make) => {
    await expect(verify(await make())).rejects.toMatchObject({ name: 'PresentationError', problem });
  });
});

it('is refused after any change of a letter', async () => {
  const presentation = await present(await issue());
  const letters = '~.-_AZaz09';
  // The last letter carries four bits that belong to no byte.
  const place = fc.nat({ max: presentation.length - 2 });
  await fc.assert(
    fc.asyncProperty(place, fc.constantFrom(...letters), async (index, letter) => {
      fc.pre(presentation[index] !== letter);
      const changed = presentation.slice(0, index) + letter + presentation.slice(index + 1);
      await expect(verify(changed)).rejects.toBeInstanceOf(PresentationError);
    }),
    { numRuns: 300 },
  );
});

it('would pass the library alone with disclosures that the issuer did not make', async () => {
  const bound = (await present(await issue())).split('~').slice(0, -1).join('~');
  const extra = await bind(`${bound}~${encodeJson(['salt', 'age_over_21', true])}~`, optionsOf());
  const hasher = (text: string | ArrayBuffer) => new Uint8Array(createHash('sha256').update(String(text)).digest());
  const library = new SDJwtInstance({ hasher, verifier: () => true, kbVerifier: () => true });
  const options = { keyBindingNonce: CHALLENGE.nonce, currentDate: NOW / 1000 };
  await expect(library.verify(extra, options)).resolves.toBeDefined();
  await expect(verify(extra)).rejects.toMatchObject({ problem: 'disclosure' });
});
