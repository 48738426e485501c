// A presentation of an SD-JWT VC with key binding (RFC 9901), from text to claims that its issuer vouches for. jose checks
// the two signatures, the SD-JWT library puts the disclosed claims in their places, the rules that hold both to this
// request are here. Credentials are judged in real time, also in a sandbox: their issuers know no other.
import { createHash } from 'node:crypto';
import type { Instant } from '@playgate/policy';
import { SDJwt } from '@sd-jwt/core';
import { decodeJwt, errors, importJWK, type JWK, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { assertDisclosures } from './assert-disclosures.ts';
import { PresentationError, type PresentationProblem } from './presentation-error.ts';
import { splitPresentation } from './split-presentation.ts';
import { CREDENTIAL_ALGORITHMS, type WalletIssuer, type WalletIssuers } from './wallet-issuers.ts';

/** The second is what drafts before 2025 called it. */
const CREDENTIAL_MEDIA_TYPES: ReadonlySet<unknown> = new Set(['dc+sd-jwt', 'vc+sd-jwt']);
const KEY_BINDING_MEDIA_TYPE = 'kb+jwt';
/** How old a proof of possession may be: the player signs it while waiting. */
export const KEY_BINDING_AGE_MS_MAX = 300_000;
/** How far a wallet's clock, which is a phone's, may be off. */
export const CLOCK_SKEW_MS_MAX = 60_000;

export interface PresentationChallenge {
  readonly nonce: string;
  readonly audience: string;
}

export interface VerifiedCredential {
  /** Everything the issuer signed and the holder disclosed. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuedAt: Instant;
  readonly issuer: string;
  /** The holder's public key. */
  readonly holderKey: JWK;
}

/** `realNow`: time of the world outside. Throws a PresentationError. */
export async function verifyPresentation(
  presentation: string,
  challenge: PresentationChallenge,
  { issuers, realNow }: { readonly issuers: WalletIssuers; readonly realNow: Instant },
): Promise<VerifiedCredential> {
  const { credential, keyBinding, bound } = splitPresentation(presentation);
  const issuer = findIssuer(credential, issuers);
  const payload = await verifyCredential(credential, issuer, realNow);
  const claims = await discloseClaims(presentation, payload);
  const { cnf } = payload;
  await verifyKeyBinding({ keyBinding, bound, cnf }, challenge, realNow);
  return { claims, issuedAt: payload.iat! * 1000, issuer: issuer.issuer, holderKey: readHolderKey(cnf) };
}

function findIssuer(credential: string, issuers: WalletIssuers): WalletIssuer {
  const { iss } = attempt('malformed', () => decodeJwt(credential));
  const issuer = typeof iss === 'string' ? issuers.find(iss) : undefined;
  if (issuer === undefined) throw new PresentationError('issuer_not_trusted');
  return issuer;
}

async function verifyCredential(credential: string, issuer: WalletIssuer, realNow: Instant): Promise<JWTPayload> {
  const { payload, protectedHeader } = await jwtVerify(credential, issuer.findKey, {
    algorithms: [...CREDENTIAL_ALGORITHMS],
    issuer: issuer.issuer,
    // Without an end a credential that is not looked up in a revocation list would be good for ever.
    requiredClaims: ['exp', 'iat', 'vct', 'cnf'],
    currentDate: new Date(realNow),
  }).catch((error: unknown) => {
    throw new PresentationError(problemOf(error, 'issuer_signature'), { cause: error });
  });
  const { vct, status, _sd_alg: hash = 'sha-256' } = payload;
  const isAccepted = typeof vct === 'string' && issuer.types.includes(vct);
  if (!isAccepted || !CREDENTIAL_MEDIA_TYPES.has(protectedHeader.typ)) throw new PresentationError('type_not_accepted');
  if (status !== undefined && issuer.status === 'refuse') throw new PresentationError('status_not_supported');
  if (hash !== 'sha-256') throw new PresentationError('disclosure');
  return payload;
}

async function discloseClaims(presentation: string, payload: JWTPayload): Promise<Readonly<Record<string, unknown>>> {
  const parsed = await SDJwt.fromEncode(presentation, sha256).catch((cause: unknown) => {
    throw new PresentationError('disclosure', { cause });
  });
  const disclosures = parsed.disclosures ?? [];
  const digests = await Promise.all(disclosures.map((each) => each.digest({ alg: 'sha-256', hasher: sha256 })));
  const byDigest = new Map(disclosures.map((disclosure, index) => [digests[index]!, disclosure]));
  if (byDigest.size !== disclosures.length) throw new PresentationError('disclosure');
  assertDisclosures(payload, byDigest);
  return parsed.getClaims(sha256);
}

interface Binding {
  readonly keyBinding: string;
  readonly bound: string;
  readonly cnf: unknown;
}

async function verifyKeyBinding(
  { keyBinding, bound, cnf }: Binding,
  { audience, nonce }: PresentationChallenge,
  realNow: Instant,
): Promise<void> {
  const options: JWTVerifyOptions = {
    algorithms: [...CREDENTIAL_ALGORITHMS],
    typ: KEY_BINDING_MEDIA_TYPE,
    audience,
    requiredClaims: ['iat', 'aud', 'nonce', 'sd_hash'],
    currentDate: new Date(realNow),
    maxTokenAge: KEY_BINDING_AGE_MS_MAX / 1000,
    clockTolerance: CLOCK_SKEW_MS_MAX / 1000,
  };
  const findHolderKey = ({ alg }: { readonly alg?: string | undefined }) => importHolderKey(cnf, alg);
  const { payload } = await jwtVerify(keyBinding, findHolderKey, options).catch((error: unknown) => {
    if (error instanceof PresentationError) throw error;
    throw new PresentationError(bindingProblemOf(error), { cause: error });
  });
  // One audience: a proof made for several verifiers could be carried from one to the other.
  if (payload.aud !== audience) throw new PresentationError('wrong_audience');
  if (payload.nonce !== nonce) throw new PresentationError('wrong_nonce');
  if (payload.sd_hash !== sha256(bound).toString('base64url')) throw new PresentationError('key_binding');
}

/** Throws a PresentationError: there is none, or not only a public one. */
function readHolderKey(cnf: unknown): JWK {
  const jwk = typeof cnf === 'object' && cnf !== null && 'jwk' in cnf ? (cnf.jwk as JWK | null) : null;
  const isPublic = typeof jwk === 'object' && jwk !== null && (jwk.kty === 'EC' || jwk.kty === 'OKP') && !('d' in jwk);
  if (!isPublic) throw new PresentationError('holder_key');
  return jwk;
}

async function importHolderKey(cnf: unknown, algorithm: string | undefined) {
  return importJWK(readHolderKey(cnf), algorithm).catch((cause: unknown) => {
    throw new PresentationError('holder_key', { cause });
  });
}

function problemOf(error: unknown, otherwise: PresentationProblem): PresentationProblem {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return otherwise;
  return error.claim === 'nbf' && error.reason === 'check_failed' ? 'not_yet_valid' : 'claims_incomplete';
}

function bindingProblemOf(error: unknown): PresentationProblem {
  // jose says JWTExpired of a proof older than maxTokenAge, and fails the claim `iat` of one from the future.
  if (error instanceof errors.JWTExpired) return 'key_binding_stale';
  if (!(error instanceof errors.JWTClaimValidationFailed) || error.reason !== 'check_failed') return 'key_binding';
  if (error.claim === 'aud') return 'wrong_audience';
  return error.claim === 'iat' ? 'key_binding_stale' : 'key_binding';
}

function attempt<Value>(problem: PresentationProblem, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new PresentationError(problem, { cause });
  }
}

/** In the form the library asks for; the name of the algorithm was checked before. */
function sha256(text: string | ArrayBuffer): Buffer {
  return createHash('sha256')
    .update(typeof text === 'string' ? text : new Uint8Array(text))
    .digest();
}
