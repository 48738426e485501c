import { canonicalJson } from './canonical-json.ts';
import { parsePolicyDocument } from './parse-policy-document.ts';
import type { Policy } from './policy-document.ts';

/**
 * A policy from parsed JSON. `sha256Hex` hashes the UTF-8 bytes of a text; it is given because a pure package has no crypto.
 * Throws a PolicyDocumentError that names every problem of a bad document.
 */
export function loadPolicy(value: unknown, sha256Hex: (text: string) => string): Policy {
  const document = parsePolicyDocument(value);
  return { document, hash: sha256Hex(canonicalJson(document)) };
}
