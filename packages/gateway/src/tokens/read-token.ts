/** Ours are shorter than 1,000 characters; anything much longer is not worth parsing. */
export const TOKEN_LENGTH_MAX = 4_096;

/** The value when it is one of the literals, else null. */
export function readLiteral<Literal extends string>(literals: readonly Literal[], value: unknown): Literal | null {
  return literals.find((literal) => literal === value) ?? null;
}
