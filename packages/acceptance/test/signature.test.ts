import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { certify } from '../src/certificate.ts';
import { CERTIFICATE_SCHEMA, type Certificate, isIntact, signCertificate, verifyCertificate } from '../src/index.ts';

const CERTIFICATE = certify({
  schema: CERTIFICATE_SCHEMA,
  suite: { name: 'playgate-accept', version: '0.1.0' },
  integration: { name: 'Star Garden', version: '1' },
  gatewayUrl: 'https://playgate.example',
  policy: { id: 'vn-147-2024', version: 1, hash: '00' },
  time: 'virtual',
  startedAt: '2026-11-20T03:00:00.000Z',
  finishedAt: '2026-11-20T03:01:00.000Z',
  verdict: 'rejected',
  cases: [],
});

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
    jwk: JSON.stringify(publicKey.export({ format: 'jwk' })),
  };
}
const ours = keyPair();
const other = keyPair();
const verdictOf = (certificate: Certificate) => verifyCertificate(certificate, [other.publicKey, ours.jwk]);

test('a signature holds for the key that made it, in any notation', async () => {
  const signed = await signCertificate(CERTIFICATE, ours.privateKey);
  expect(isIntact(signed)).toBe(true);
  const jwks = JSON.stringify({ keys: [JSON.parse(other.jwk), JSON.parse(ours.jwk)] });
  for (const trusted of [ours.publicKey, ours.jwk, jwks]) {
    expect(await verifyCertificate(signed, [trusted])).toMatchObject({ isGenuine: true });
  }
  expect(await verifyCertificate(signed, [other.publicKey])).toEqual({ isGenuine: false, why: 'unknown_key' });
});

test('a certificate that was made anew around a signature is found out, hash and all', async () => {
  const { signature } = await signCertificate(CERTIFICATE, ours.privateKey);
  const { hash: _hash, ...body } = CERTIFICATE;
  const forged = { ...certify({ ...body, verdict: 'accepted' }), signature };
  expect(await verdictOf(forged)).toEqual({ isGenuine: false, why: 'bad_signature' });
});

test.each([
  ['not signed', (_: string) => undefined, 'unsigned'],
  ['no signature at all', (_: string) => 'x', 'bad_signature'],
  ['of no algorithm', (_: string) => `${Buffer.from('{"alg":"none"}').toString('base64url')}..`, 'bad_signature'],
  ['cut off', (signature: string) => signature.slice(0, -4), 'bad_signature'],
  ['with a payload of its own', (signature: string) => signature.replace('..', '.e30.'), 'bad_signature'],
])('%s: refused', async (_what, change, why) => {
  const { signature, ...rest } = await signCertificate(CERTIFICATE, ours.privateKey);
  const changed = change(signature);
  const certificate = changed === undefined ? rest : { ...rest, signature: changed };
  expect(await verdictOf(certificate)).toEqual({ isGenuine: false, why });
});

test('the kid of another key helps nobody', async () => {
  const [head, , tail] = (await signCertificate(CERTIFICATE, other.privateKey)).signature.split('.');
  const ourHead = (await signCertificate(CERTIFICATE, ours.privateKey)).signature.split('.')[0];
  expect(head).not.toBe(ourHead);
  expect(await verdictOf({ ...CERTIFICATE, signature: `${ourHead}..${tail}` } as Certificate)).toMatchObject({
    why: 'bad_signature',
  });
});

test('only Ed25519 signs', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await expect(signCertificate(CERTIFICATE, pem)).rejects.toThrow(TypeError);
});
