// What a child should not type to strangers. Looked at in the page only: nothing of it is sent, kept or logged.

/** An email address; a Vietnamese phone number; nine digits or more in a row, as identity papers have. */
const REVEALING = [/[^\s@]+@[^\s@]+\.\w{2,}/, /(?:\+?84|\b0)(?:[\s.()-]*\d){9,10}\b/, /\b\d{9,}\b/];

export function revealsPersonalInformation(text: string): boolean {
  return REVEALING.some((pattern) => pattern.test(text));
}
