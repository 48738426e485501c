/** Ours are shorter than 1,000 characters; anything much longer is not worth parsing. */
const TOKEN_LENGTH_MAX = 4_096;
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** False for anything but the compact form; decoders forgive padding and white space, which would make copies of a token. */
export function isCompactToken(text: string): boolean {
  return text.length <= TOKEN_LENGTH_MAX && COMPACT_JWS.test(text);
}

/** The value when it is one of the literals, else null. */
export function readLiteral<Literal extends string>(literals: readonly Literal[], value: unknown): Literal | null {
  return literals.find((literal) => literal === value) ?? null;
}
