// What RFC 9901 section 7.1 asks beyond the signature, and the SD-JWT library in use does not check: each disclosure is
// referenced by the signed payload exactly once, directly or through another disclosure, no digest stands twice, and
// none of them brings a claim that has to be signed in the open or that is there already.
import { PresentationError } from './presentation-error.ts';

/** By its digest. Of an array element `key` is undefined. */
export interface DisclosedClaim {
  readonly key?: string | undefined;
  readonly value: unknown;
}

/** Never by disclosure: those SD-JWT VC names, the marks of SD-JWT, and what would reach a prototype. */
const NEVER_DISCLOSED: ReadonlySet<string> = new Set([
  ...['iss', 'nbf', 'exp', 'iat', 'cnf', 'vct', 'vct#integrity', 'status', 'aud'],
  ...['_sd', '_sd_alg', '...', '__proto__'],
]);

/** Deeper than any credential; the walk goes down one frame per level. */
const DEPTH_MAX = 16;

/** Throws a PresentationError. */
export function assertDisclosures(payload: unknown, byDigest: ReadonlyMap<string, DisclosedClaim>): void {
  const seen = new Set<string>();
  const reveal = (digest: unknown): DisclosedClaim | undefined => {
    if (typeof digest !== 'string' || seen.has(digest)) throw new PresentationError('disclosure');
    seen.add(digest);
    return byDigest.get(digest);
  };
  walk(payload, reveal, 0);
  if ([...byDigest.keys()].some((digest) => !seen.has(digest))) throw new PresentationError('disclosure');
}

/** Undefined: the holder does not disclose it. */
type Reveal = (digest: unknown) => DisclosedClaim | undefined;

function walk(value: unknown, reveal: Reveal, depth: number): void {
  if (depth > DEPTH_MAX) throw new PresentationError('disclosure');
  if (Array.isArray(value)) {
    for (const element of value) walkElement(element, reveal, depth);
  } else if (typeof value === 'object' && value !== null) {
    walkObject(value as Readonly<Record<string, unknown>>, reveal, depth);
  }
}

function walkElement(element: unknown, reveal: Reveal, depth: number): void {
  if (typeof element !== 'object' || element === null || !('...' in element)) {
    walk(element, reveal, depth + 1);
    return;
  }
  const disclosed = reveal(element['...']);
  const isAlone = Object.keys(element).length === 1;
  if (!isAlone || disclosed?.key !== undefined) throw new PresentationError('disclosure');
  if (disclosed !== undefined) walk(disclosed.value, reveal, depth + 1);
}

function walkObject(object: Readonly<Record<string, unknown>>, reveal: Reveal, depth: number): void {
  const { _sd: digests = [] } = object;
  const isMarked = '...' in object || (depth > 0 && '_sd_alg' in object);
  if (isMarked || !Array.isArray(digests)) throw new PresentationError('disclosure');
  const names = new Set(Object.keys(object));
  for (const name of names) if (name !== '_sd') walk(object[name], reveal, depth + 1);
  for (const { key, value } of digests.map(reveal).filter((disclosed) => disclosed !== undefined)) {
    if (key === undefined || NEVER_DISCLOSED.has(key) || names.has(key)) throw new PresentationError('disclosure');
    names.add(key);
    walk(value, reveal, depth + 1);
  }
}
