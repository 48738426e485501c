// Whom a verification believes: the keys it was given, and those that vouch for each other from there (see evidence-keys.ts).
// Keys that merely lie beside the evidence prove nothing: whoever forged it would have put them there.
import { createPublicKey, hash } from 'node:crypto';
import { canonicalJson } from '@playgate/policy';
import * as z from 'zod';
import { publicJwkOf, publicKeyOf } from '../ed25519.ts';
import { endorsementText } from '../evidence-keys.ts';
import { formatVerifierKey, type NoteVerifier, openNote, parseVerifierKey } from '../signed-note.ts';
import { isInstant } from './entry-shape.ts';

/** A key that somebody was given, perhaps with the name of the log it signs for. */
export interface GivenKey {
  readonly publicKey: Uint8Array;
  /** Null: the form it was given in names none. */
  readonly keyName: string | null;
}

const KEYS_MAX = 1000;

const keySet = z.object({
  origin: z.string().optional(),
  keys: z.array(z.looseObject({ endorsement: z.string().nullish() })).max(KEYS_MAX),
});
export type KeySet = z.output<typeof keySet>;

export const isKeySet = (json: unknown): boolean => keySet.safeParse(json).success;

const keyInstant = z.string().refine(isInstant, 'must be an instant');

/** `keys.json` of an export: as *Keys* of docs/evidence.md has it, and nothing else. */
const publishedKeySet = z.strictObject({
  origin: z.string(),
  keys: z
    .array(
      z.strictObject({
        kty: z.string(),
        crv: z.string(),
        x: z.string(),
        kid: z.string(),
        alg: z.string(),
        use: z.string(),
        verifierKey: z.string(),
        signsFromAt: keyInstant,
        signsUntilAt: keyInstant.nullable(),
        endorsement: z.string().nullable(),
      }),
    )
    .max(KEYS_MAX),
});

/** Of `keys.json`, whose keys say everything twice. Throws an Error, also where one does not agree with itself or the next. */
export function parseKeySet(text: string): KeySet {
  const parsed = publishedKeySet.parse(JSON.parse(text));
  for (const [index, jwk] of parsed.keys.entries()) {
    if (!isConsistent(jwk, parsed.origin)) throw new Error(`key ${index} of keys.json does not agree with itself`);
    const newer = parsed.keys[index - 1];
    if (jwk.signsUntilAt !== (newer?.signsFromAt ?? null) || (newer && newer.signsFromAt < jwk.signsFromAt))
      throw new Error(`key ${index} of keys.json does not sign until the next one does`);
  }
  return parsed;
}

function isConsistent(jwk: Record<string, unknown>, keyName: string): boolean {
  try {
    const publicKey = publicKeyOf(jwk);
    const { crv, kty, x } = publicJwkOf(publicKey);
    const verifierKey = formatVerifierKey({ keyName, publicKey });
    const wanted = { kty, crv, x, alg: 'EdDSA', use: 'sig', kid: keyIdOf(publicKey), verifierKey };
    return Object.entries(wanted).every(([name, value]) => jwk[name] === value);
  } catch {
    return false;
  }
}

/**
 * Keys as people hand them on: verifier keys of notes (one a line), a JSON Web Key or a set of them, PEM, or 32 bytes in base64.
 * Throws an Error for anything else.
 */
export function readGivenKeys(text: string): readonly GivenKey[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return readJsonKeys(JSON.parse(trimmed) as Record<string, unknown>);
  if (trimmed.startsWith('-----BEGIN')) {
    return [{ keyName: null, publicKey: publicKeyOf({ ...createPublicKey(trimmed).export({ format: 'jwk' }) }) }];
  }
  return trimmed.split(/\s+/).map((word) => {
    if (word.includes('+') && /\+[0-9a-f]{8}\+/.test(word)) return parseVerifierKey(word);
    return { keyName: null, publicKey: publicKeyOf({ kty: 'OKP', crv: 'Ed25519', x: word }) };
  });
}

function readJsonKeys(json: Record<string, unknown>): readonly GivenKey[] {
  const { origin, keys } = 'keys' in json ? keySet.parse(json) : { origin: undefined, keys: [json] };
  return keys.map((jwk) => ({ keyName: origin ?? null, publicKey: publicKeyOf(jwk) }));
}

/** RFC 7638. */
export const keyIdOf = (publicKey: Uint8Array): string =>
  hash('sha256', canonicalJson({ ...publicJwkOf(publicKey) }), 'buffer').toString('base64url');

/** The given keys and all that they lead to. */
export function spreadTrust(given: readonly Uint8Array[], { keys }: KeySet, origin: string): readonly Uint8Array[] {
  const trusted = new Map(given.map((publicKey) => [keyIdOf(publicKey), publicKey]));
  // Newest first: what vouches for a key lies with it, and names the next of the list.
  const links = keys.slice(0, -1).map((jwk, index) => ({ jwk, before: keys[index + 1]! }));
  for (const pass of [links, links.toReversed()]) {
    for (const { before, jwk } of pass) {
      const pair = [before, jwk].map((each) => ({ keyName: origin, publicKey: publicKeyOf(each) }));
      const isKnown = pair.some(({ publicKey }) => trusted.has(keyIdOf(publicKey)));
      if (!isKnown || !vouches(jwk.endorsement ?? null, pair[0]!, pair[1]!)) continue;
      for (const { publicKey } of pair) trusted.set(keyIdOf(publicKey), publicKey);
    }
  }
  return [...trusted.values()];
}

/** Whether both signed that they follow each other. */
function vouches(endorsement: string | null, before: NoteVerifier, successor: NoteVerifier): boolean {
  try {
    const { signedBy, text } = openNote(endorsement ?? '', [before, successor]);
    return signedBy.length === 2 && text === endorsementText(before, successor);
  } catch {
    return false;
  }
}
