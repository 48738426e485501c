// The keys that sign checkpoints and reports. One signs at a time; the one before it signs checkpoints too for a while, so
// that whoever knows only that one notices in time; and every public key stays published for good, since what it signed is
// kept. At a rotation the two keys name each other, so whoever holds one of them can find all the others.
import type { Instant } from '@playgate/policy';
import type { PublicJwk } from './ed25519.ts';
import { formatVerifierKey, type NoteSigner, type NoteVerifier } from './signed-note.ts';

/** For so long a checkpoint carries the signature of the key before, too: a quarter, the longest time between two reports. */
export const EVIDENCE_KEY_OVERLAP_MS = 92 * 86_400_000;

export interface EvidenceKey {
  /** RFC 7638 thumbprint of the public key: the `kid`. */
  readonly keyId: string;
  readonly publicJwk: PublicJwk;
  readonly signsFromAt: Instant;
  /** Null: it signs. */
  readonly signsUntilAt: Instant | null;
  /** A note of this key and the one before: see `endorsementText`. Null: it is the first. */
  readonly endorsement: string | null;
}

export interface EvidenceSigner {
  readonly keyId: string;
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export interface EvidenceKeys {
  /** All there ever were, newest first. Makes the first one. `now` is real time. */
  list(now: Instant): Promise<readonly EvidenceKey[]>;
  /** The one that signs, then the one before while its overlap lasts. */
  signers(now: Instant): Promise<readonly [EvidenceSigner, ...EvidenceSigner[]]>;
  /** Makes a key that signs from now on, endorsed by the one before, both in the name of the log. */
  rotate(now: Instant, origin: string): Promise<EvidenceKey>;
}

const ENDORSEMENT_TITLE = 'playgate evidence key';

/** What two keys that follow each other sign, both: a fixed line, the verifier key before, the verifier key after. */
export const endorsementText = (before: NoteVerifier, successor: NoteVerifier): string =>
  `${ENDORSEMENT_TITLE}\n${formatVerifierKey(before)}\n${formatVerifierKey(successor)}\n`;

/** In the name of a log. */
export const noteSignerOf = ({ publicKey, sign }: EvidenceSigner, origin: string): NoteSigner => ({
  keyName: origin,
  publicKey,
  sign,
});
