// The outer form of a presentation, checked before anything of it is decoded.
import { PresentationError } from './presentation-error.ts';

/** Credentials of national wallets with a portrait left undisclosed stay below half of it. */
export const PRESENTATION_LENGTH_MAX = 32_768;
/** A holder who discloses everything of an identity credential sends about 30. */
export const DISCLOSURES_MAX = 64;

const JWS = '[\\w-]+\\.[\\w-]+\\.[\\w-]+';
const COMPACT_JWS = new RegExp(`^${JWS}$`);
const DISCLOSURE = /^[\w-]+$/;

export interface PresentationParts {
  readonly credential: string;
  readonly disclosures: readonly string[];
  readonly keyBinding: string;
  /** What the key binding signs the digest of: all but itself, with the last `~`. */
  readonly bound: string;
}

/** `<issuer-signed JWT>~<disclosure>~...~<key binding JWT>` (RFC 9901). Throws a PresentationError. */
export function splitPresentation(text: string): PresentationParts {
  if (text.length > PRESENTATION_LENGTH_MAX) throw new PresentationError('malformed');
  const parts = text.split('~');
  const credential = parts.shift() ?? '';
  const keyBinding = parts.pop() ?? '';
  const isWellFormed =
    COMPACT_JWS.test(credential) &&
    COMPACT_JWS.test(keyBinding) &&
    parts.length <= DISCLOSURES_MAX &&
    parts.every((part) => DISCLOSURE.test(part));
  if (!isWellFormed) throw new PresentationError('malformed');
  return { credential, disclosures: parts, keyBinding, bound: text.slice(0, text.length - keyBinding.length) };
}
