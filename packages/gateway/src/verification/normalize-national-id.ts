/** One spelling per document, so that separators or case cannot make two persons of one. Null: nothing was given. */
export function normalizeNationalId(text: string): string | null {
  const plain = text
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase();
  return plain === '' ? null : plain;
}
