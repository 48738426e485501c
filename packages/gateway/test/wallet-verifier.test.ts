// The methods `wallet` and `store_signal` as the port has them, and the trust list.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreSignalVerifier } from '../src/verification/identity/store-signal/store-signal-verifier.ts';
import { createWalletIssuers, loadWalletIssuers } from '../src/verification/identity/wallet/wallet-issuers.ts';
import { WalletVerifier } from '../src/verification/identity/wallet/wallet-verifier.ts';
import { describeVerifierConformance } from './age-verifier-conformance.ts';
import { CREDENTIAL_TYPE, createKeyPair, ISSUER, issueCredential, presentCredential, trust } from './support/wallet.ts';

const NOW = Date.UTC(2026, 2, 1, 3);
const CONTEXT = { world: { providerId: 'prv_a', mode: 'test' }, now: NOW, realNow: NOW } as const;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

const issuer = await createKeyPair();
const holder = await createKeyPair();
const options = { audience: 'https://playgate.test', agesAt: () => [12, 16, 18], dayOf };

describeVerifierConformance('wallet', async () => ({
  verifier: new WalletVerifier({ ...options, issuers: trust(issuer) }),
  request: { playerRef: 'anna', method: 'wallet' },
  claim: { birthDate: '2010-03-01', bornFrom: '2008-02-02', assurance: 'wallet', phone: null, guardian: null },
  context: CONTEXT,
  act: async ({ presentationRequest }) => {
    const { nonce, audience, claims } = presentationRequest!;
    const hidden = { age_over_12: true, age_over_16: true, age_over_18: false };
    const issuedAt = Date.UTC(2026, 1, 1, 3);
    const credential = await issueCredential({ issuer, holder, hidden, issuedAt });
    return {
      presentation: await presentCredential(credential, { holder, disclose: claims, nonce, audience, at: NOW }),
    };
  },
}));

describeVerifierConformance('store_signal', async () => ({
  verifier: new StoreSignalVerifier({ dayOf }),
  request: {
    playerRef: 'anna',
    method: 'store_signal',
    source: 'apple',
    ageRange: { lower: 13, upper: 15 },
    ageRangeDeclaration: 'guardianDeclared',
    declaredAt: '2026-03-01T02:00:00Z',
  },
  claim: { birthDate: '2013-03-01', bornFrom: '2010-03-02', assurance: 'declared', phone: null, guardian: null },
  context: CONTEXT,
}));

it('begins nothing where no issuer is trusted', async () => {
  const verifier = new WalletVerifier({ ...options, issuers: createWalletIssuers([]) });
  const request = { playerRef: 'anna', method: 'wallet' } as const;
  const begun = verifier.begin(request, 'handle', { ...CONTEXT, signal: new AbortController().signal });
  await expect(begun).rejects.toMatchObject({ code: 'request_refused' });
});

describe('the trust list', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'playgate-issuers-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const keys = { keys: [{ ...issuer.publicJwk, kid: 'k1' }] };
  const entry = { issuer: ISSUER, jwks: keys, vct: [CREDENTIAL_TYPE], assurance: 'wallet' };
  const write = async (name: string, content: unknown) => {
    const file = path.join(folder, name);
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  const load = async (...issuers: readonly object[]) => loadWalletIssuers(await write('issuers.json', { issuers }));

  it('names issuers, their types and their keys, in it or beside it', async () => {
    await write('keys.json', keys);
    const other = { ...entry, issuer: 'https://other.test', jwks: undefined, jwksFile: 'keys.json', status: 'ignore' };
    const issuers = await load(entry, other);
    expect(issuers.types).toEqual([CREDENTIAL_TYPE]);
    expect(issuers.find(ISSUER)).toMatchObject({ status: 'refuse', types: [CREDENTIAL_TYPE] });
    expect(issuers.find('https://other.test')).toMatchObject({ status: 'ignore' });
    expect(issuers.find('https://issuer.test/')).toBeUndefined();
  });

  it.each([
    ['no keys', { ...entry, jwks: { keys: [] } }],
    ['keys twice', { ...entry, jwksFile: 'keys.json' }],
    ['keys nowhere', { ...entry, jwks: undefined }],
    ['a private key', { ...entry, jwks: { keys: [{ ...issuer.publicJwk, d: 'c2VjcmV0' }] } }],
    ['a secret as key', { ...entry, jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }],
    ['an RSA key', { ...entry, jwks: { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] } }],
    ['no type', { ...entry, vct: [] }],
    ['another assurance', { ...entry, assurance: 'document' }],
    ['an unknown field', { ...entry, trusted: true }],
  ])('is refused with %s', async (_name, bad) => {
    await expect(load(bad)).rejects.toThrow();
  });

  it('is refused with an issuer twice, no JSON, or keys that are not there', async () => {
    await expect(load(entry, entry)).rejects.toThrow('twice');
    await expect(loadWalletIssuers(await write('broken.json', '{'))).rejects.toThrow();
    await expect(load({ ...entry, jwks: undefined, jwksFile: 'absent.json' })).rejects.toThrow();
  });
});
