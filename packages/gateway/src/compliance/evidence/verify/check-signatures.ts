// Whose checkpoint it is, and that a later one has everything of an earlier one.
import * as z from 'zod';
import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { isSameHash } from '../merkle.ts';
import { keyHashOf, openNote, parseNote } from '../signed-note.ts';
import { verifyConsistency } from '../verify-proof.ts';
import { type Check, failed, messageOf, notChecked, ok } from './check.ts';
import { type GivenKey, type KeySet, keyIdOf, parseKeySet, spreadTrust } from './trusted-keys.ts';

/** Whose signatures count, and how that was found out. */
export interface Trust {
  readonly keys: readonly Uint8Array[];
  readonly check: Check;
  /** Null: none came with the evidence. */
  readonly keySet: KeySet | null;
}

const KEYS = 'keys';

export function decideTrust(given: readonly GivenKey[], keySetText: string | null, origin: string | null): Trust {
  let keySet: KeySet | null;
  try {
    keySet = keySetText === null ? null : parseKeySet(keySetText);
  } catch (error) {
    return { keys: given.map(({ publicKey }) => publicKey), keySet: null, check: failed(KEYS, messageOf(error)) };
  }
  const name = origin ?? keySet?.origin ?? '';
  if (given.length === 0) {
    const keys = (keySet?.keys ?? []).flatMap((jwk) => readGivenKey(jwk));
    const detail = 'no key was given: whose signatures these are is not known (--key)';
    return { keys, keySet, check: notChecked(KEYS, detail) };
  }
  const stranger = given.find(({ keyName }) => keyName !== null && keyName !== name && name !== '');
  if (stranger !== undefined) {
    return { keys: [], keySet, check: failed(KEYS, `the key is of ${stranger.keyName}, the evidence of ${name}`) };
  }
  const own = given.map(({ publicKey }) => publicKey);
  const keys = keySet === null ? own : spreadTrust(own, keySet, name);
  const unknown = (keySet?.keys.length ?? keys.length) - keys.length;
  const others = unknown > 0 ? `; ${unknown} more in keys.json that nobody vouches for are not believed` : '';
  return { keys, keySet, check: ok(KEYS, `${keys.length} believed, from ${own.length} given${others}`) };
}

function readGivenKey(jwk: Record<string, unknown>): readonly Uint8Array[] {
  try {
    return [Buffer.from(String(jwk.x), 'base64url')].filter(({ length }) => length === 32);
  } catch {
    return [];
  }
}

/** The origin that a note names, to look for its keys by; null: it names none. */
export function originOf(note: string | null): string | null {
  try {
    return note === null ? null : parseCheckpoint(parseNote(note).text).origin;
  } catch {
    return null;
  }
}

export function checkCheckpoint(name: string, note: string, trust: Trust): [Check, Checkpoint | null] {
  try {
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const { origin: keyName, size } = checkpoint;
    const { signedBy } = openNote(
      note,
      trust.keys.map((publicKey) => ({ keyName, publicKey })),
    );
    const signers = signedBy.map((key) => `${keyName}+${keyHashOf(key)} (${keyIdOf(key.publicKey)})`).join(', ');
    if (trust.check.state !== 'ok') {
      return [notChecked(name, `${size} entries; signed by ${signers}, a key that came with it`), checkpoint];
    }
    return [ok(name, `${size} entries, signed by ${signers}`), checkpoint];
  } catch (error) {
    return [failed(name, messageOf(error)), null];
  }
}

const consistencyFile = z.object({ from: z.int(), to: z.int(), proof: z.array(z.string()).max(200) });

export const isConsistencyProof = (json: unknown): boolean => consistencyFile.safeParse(json).success;

const CONSISTENCY = 'consistency';

/** `rootAtPrevious`: the root of the first entries, where all were there to make it. */
export function checkConsistency(
  previous: Checkpoint,
  checkpoint: Checkpoint,
  proofText: string | null,
  rootAtPrevious: Uint8Array | null,
): Check {
  const sizes = `from ${previous.size} to ${checkpoint.size} entries`;
  if (previous.origin !== checkpoint.origin) return failed(CONSISTENCY, 'the two checkpoints are of different logs');
  if (rootAtPrevious !== null && !isSameHash(rootAtPrevious, previous.root)) {
    return failed(CONSISTENCY, `the first ${previous.size} entries are not those that were signed before`);
  }
  if (proofText === null) {
    if (rootAtPrevious !== null) return ok(CONSISTENCY, `${sizes}, by the entries themselves`);
    return notChecked(CONSISTENCY, 'no consistency.json was given, and not every entry');
  }
  try {
    const { from, proof, to } = consistencyFile.parse(JSON.parse(proofText));
    if (from !== previous.size || to !== checkpoint.size) return failed(CONSISTENCY, 'the proof is of other sizes');
    const claim = { from, to, fromRoot: previous.root, toRoot: checkpoint.root };
    const hashes = proof.map((hash) => Buffer.from(hash, 'base64'));
    if (!verifyConsistency(claim, hashes)) return failed(CONSISTENCY, `the proof ${sizes} does not hold`);
    return ok(CONSISTENCY, sizes);
  } catch (error) {
    return failed(CONSISTENCY, `consistency.json: ${messageOf(error)}`);
  }
}
