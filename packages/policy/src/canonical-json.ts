// RFC 8785 (JSON Canonicalization Scheme): one text per JSON value, so that a hash or a signature of it means something.

/** Deeper values are refused, so that a hostile document cannot exhaust the stack. */
const DEPTH_MAX = 64;

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The canonical text of a JSON value: no space, keys in UTF-16 order, ECMAScript number format.
 * Throws a TypeError for anything JSON cannot say exactly: undefined, functions, big integers, infinities,
 * lone surrogates, dates and other objects with a class.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > DEPTH_MAX) throw new TypeError(`JSON deeper than ${DEPTH_MAX} levels has no canonical form here`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value === 'string') return writeText(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => write(item, depth + 1)).join(',')}]`;
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${writeText(key)}:${write(value[key], depth + 1)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`a value of type ${typeof value} has no canonical JSON`);
}

function writeText(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError('text with a lone surrogate has no canonical JSON');
  return JSON.stringify(text);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
