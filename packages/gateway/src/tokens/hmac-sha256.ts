// HMAC-SHA-256 (RFC 2104) of a text under a key that stays. Made for the receipt in every answer: two hashes in one call each take a
// third of what a Hmac of node:crypto takes, which is a stream with a native part that has to be collected.
import { hash } from 'node:crypto';

const DIGEST = 'sha256';
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** What stands in UTF-8 for one unit of a text at most. */
const BYTES_PER_UNIT_MAX = 3;
/** Room for every text that is signed; one that is checked may be longer. */
const TEXT_LENGTH_USUAL = 1_024;

export class HmacSha256 {
  /** Padded key, and room for a text. */
  #inner: Buffer;
  /** Padded key, and room for the inner hash. */
  readonly #outer: Buffer;

  /** Throws a TypeError for a key longer than a block, which would have to be hashed before. */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK_BYTES) throw new TypeError(`key: at most ${BLOCK_BYTES} bytes`);
    this.#inner = padded(key, INNER_PAD, TEXT_LENGTH_USUAL * BYTES_PER_UNIT_MAX);
    this.#outer = padded(key, OUTER_PAD, DIGEST_BYTES);
  }

  /** Of the text in UTF-8, in base64url. */
  sign(text: string): string {
    const bytesMax = BLOCK_BYTES + text.length * BYTES_PER_UNIT_MAX;
    if (bytesMax > this.#inner.length) {
      this.#inner = Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES)], bytesMax);
    }
    const end = BLOCK_BYTES + this.#inner.write(text, BLOCK_BYTES, 'utf8');
    this.#outer.write(hash(DIGEST, this.#inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'binary');
    return hash(DIGEST, this.#outer, 'base64url');
  }
}

function padded(key: Uint8Array, pad: number, roomBytes: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES + roomBytes);
  for (let at = 0; at < BLOCK_BYTES; at++) block[at] = (key[at] ?? 0) ^ pad;
  return block;
}
