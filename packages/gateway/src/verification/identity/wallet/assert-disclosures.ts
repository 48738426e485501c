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
    if (typeof digest !== 'string' || seen.has(digest)) refuse();
    seen.add(digest as string);
    return byDigest.get(digest as string);
  };
  walk(payload, reveal, 0);
  for (const digest of byDigest.keys()) if (!seen.has(digest)) refuse();
}

type Reveal = (digest: unknown) => DisclosedClaim | undefined;

function walk(value: unknown, reveal: Reveal, depth: number): void {
  if (depth > DEPTH_MAX) refuse();
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
  if (Object.keys(element).length !== 1) refuse();
  const disclosed = reveal(element['...']);
  if (disclosed === undefined) return;
  if (disclosed.key !== undefined) refuse();
  walk(disclosed.value, reveal, depth + 1);
}

function walkObject(object: Readonly<Record<string, unknown>>, reveal: Reveal, depth: number): void {
  if ('...' in object || (depth > 0 && '_sd_alg' in object)) refuse();
  const names = new Set(Object.keys(object));
  for (const name of names) if (name !== '_sd') walk(object[name], reveal, depth + 1);
  const { _sd: digests = [] } = object;
  if (!Array.isArray(digests)) return refuse();
  for (const digest of digests) {
    const disclosed = reveal(digest);
    if (disclosed === undefined) continue;
    const { key } = disclosed;
    if (key === undefined || NEVER_DISCLOSED.has(key) || names.has(key)) return refuse();
    names.add(key);
    walk(disclosed.value, reveal, depth + 1);
  }
}

function refuse(): never {
  throw new PresentationError('disclosure');
}
