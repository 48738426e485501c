// Signed notes (c2sp.org/signed-note): a text, an empty line, and a line per signature. Only Ed25519, signature type 1.
import { hash } from 'node:crypto';
import { PUBLIC_KEY_BYTES, verifyEd25519 } from './ed25519.ts';

const ED25519_TYPE = 0x01;
const KEY_HASH_BYTES = 4;
/** The format asks that at least 16 are read. */
export const NOTE_SIGNATURES_MAX = 100;
/** A checkpoint has some 200 characters and 150 per signature. */
export const NOTE_LENGTH_MAX = 65_536;

const LINE_BEGINS = '\u2014 ';
const KEY_NAME = /^[^\s+]+$/u;
const CONTROL_CHARACTER = /(?!\n)\p{Cc}/u;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Of whom a signature is believed. */
export interface NoteVerifier {
  readonly keyName: string;
  readonly publicKey: Uint8Array;
}

export interface NoteSigner extends NoteVerifier {
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export interface NoteSignature {
  readonly keyName: string;
  /** Hex, 8 digits. */
  readonly keyHash: string;
  readonly signature: Uint8Array;
}

export interface Note {
  /** With its last newline: exactly what was signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A note that is not in the format, or not signed by whom it should be. */
export class NoteError extends Error {
  override readonly name = 'NoteError';
}

/** First 4 bytes, in hex, of SHA-256(key name || 0x0A || 0x01 || public key). */
export function keyHashOf({ keyName, publicKey }: NoteVerifier): string {
  const input = Buffer.concat([Buffer.from(`${keyName}\n`), Buffer.of(ED25519_TYPE), publicKey]);
  return hash('sha256', input, 'buffer').toString('hex', 0, KEY_HASH_BYTES);
}

/** `<key name>+<key hash>+<base64 of 0x01 and the public key>`: what is handed to whoever shall verify. */
export function formatVerifierKey(verifier: NoteVerifier): string {
  const encoded = Buffer.concat([Buffer.of(ED25519_TYPE), verifier.publicKey]).toString('base64');
  return `${verifier.keyName}+${keyHashOf(verifier)}+${encoded}`;
}

/** Throws a NoteError. */
export function parseVerifierKey(text: string): NoteVerifier {
  const [keyName = '', keyHash, ...encoded] = text.split('+');
  const bytes = decodeBase64(encoded.join('+'));
  const verifier = { keyName, publicKey: bytes.subarray(1) };
  const isWhole = KEY_NAME.test(keyName) && bytes[0] === ED25519_TYPE && bytes.length === 1 + PUBLIC_KEY_BYTES;
  if (!isWhole || keyHashOf(verifier) !== keyHash) throw new NoteError('this is no Ed25519 verifier key of a note');
  return verifier;
}

/** The text signed by each, in this order. Throws a NoteError for a text that cannot be one of a note. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n') || CONTROL_CHARACTER.test(text)) throw new NoteError('a note is lines of plain text');
  const lines = signers.map((signer) => {
    if (!KEY_NAME.test(signer.keyName)) throw new NoteError('a key name has no spaces and no plus');
    const signature = Buffer.concat([Buffer.from(keyHashOf(signer), 'hex'), signer.sign(Buffer.from(text))]);
    return `${LINE_BEGINS}${signer.keyName} ${signature.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Takes a note apart; nothing in it is believed yet. Throws a NoteError. */
export function parseNote(note: string): Note {
  if (note.length > NOTE_LENGTH_MAX || CONTROL_CHARACTER.test(note)) throw new NoteError('not a signed note');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new NoteError('not a signed note: no signatures');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > NOTE_SIGNATURES_MAX) throw new NoteError(`a note has at most ${NOTE_SIGNATURES_MAX} signatures`);
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignatureLine) };
}

/** What of a note was signed by verifiers. Throws a NoteError when none of them did, or a signature in their name is wrong. */
export function openNote(note: string, verifiers: readonly NoteVerifier[]) {
  const { signatures, text } = parseNote(note);
  const signedBy: NoteVerifier[] = [];
  for (const { keyHash, keyName, signature } of signatures) {
    const verifier = verifiers.find((known) => known.keyName === keyName && keyHashOf(known) === keyHash);
    if (verifier === undefined || signedBy.includes(verifier)) continue;
    if (!verifyEd25519(verifier.publicKey, Buffer.from(text), signature)) {
      throw new NoteError(`the signature of ${keyName}+${keyHash} is wrong`);
    }
    signedBy.push(verifier);
  }
  if (signedBy.length === 0) throw new NoteError('it is signed by none of the known keys');
  return { text, signedBy: signedBy as readonly NoteVerifier[] };
}

function parseSignatureLine(line: string): NoteSignature {
  const [keyName = '', encoded = '', ...rest] = line.slice(LINE_BEGINS.length).split(' ');
  const bytes = decodeBase64(encoded);
  if (!line.startsWith(LINE_BEGINS) || rest.length > 0 || !KEY_NAME.test(keyName) || bytes.length <= KEY_HASH_BYTES) {
    throw new NoteError('not a signed note: a line of a signature is malformed');
  }
  const keyHash = bytes.toString('hex', 0, KEY_HASH_BYTES);
  return { keyName, keyHash, signature: bytes.subarray(KEY_HASH_BYTES) };
}

function decodeBase64(text: string): Buffer {
  return BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}
