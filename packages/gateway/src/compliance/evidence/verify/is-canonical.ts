import { canonicalJson } from '@playgate/policy';

/** Escapes of surrogates: the canonical form has none but in pairs, and those not escaped. */
const ESCAPED_SURROGATE = '\\ud';

/**
 * Whether a text is the canonical JSON (RFC 8785) of the value that was parsed from it. The engine writes strings and numbers as
 * the canonical form has them, so that only the order of keys is left to look at: several times faster than making the form.
 */
export function isCanonical(text: string, value: unknown): boolean {
  const isQuick = !text.includes(ESCAPED_SURROGATE) && JSON.stringify(value) === text && isSorted(value);
  return isQuick || isCanonicalSlowly(text, value);
}

function isCanonicalSlowly(text: string, value: unknown): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}

function isSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isSorted);
  let before = '';
  for (const [key, member] of Object.entries(value)) {
    if (key < before || !isSorted(member)) return false;
    before = key;
  }
  return true;
}
