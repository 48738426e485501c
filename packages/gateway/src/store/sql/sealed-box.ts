// Authenticated encryption of what is stored: AES-256-GCM, laid out as
//   1 byte version | 4 bytes id of the master key | 12 bytes nonce | 16 bytes tag | ciphertext
// The place a text belongs to (say, a player id) is authenticated with it, so a blob moved to another row does not open.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { deriveKey, type KeyPurpose, type Secrets } from './secrets.ts';

const VERSION = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = 1 + KEY_ID_BYTES;
const TAG_AT = NONCE_AT + NONCE_BYTES;
const TEXT_AT = TAG_AT + TAG_BYTES;

/** Id of the master key a blob was sealed with, as SQL reads it: `encode(substring(<column> from 2 for 4), 'hex')`. */
export const KEY_ID_PLACE = { from: 2, bytes: KEY_ID_BYTES } as const;

export class SealedBox {
  readonly #secrets: Secrets;
  readonly #purpose: KeyPurpose;
  #derivedFrom: Secrets['masterKeys'] = [];
  /** As objects: from bytes each cipher would make one, for four times its own time. */
  #derived: ReadonlyMap<string, KeyObject> = new Map();

  constructor(secrets: Secrets, purpose: KeyPurpose) {
    this.#secrets = secrets;
    this.#purpose = purpose;
  }

  seal(text: string, place: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const newestId = this.#secrets.masterKeys[0]!.id;
    const cipher = createCipheriv('aes-256-gcm', this.#keys().get(newestId)!, nonce);
    cipher.setAAD(Buffer.from(place));
    const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const keyId = Buffer.from(newestId, 'hex');
    return new Uint8Array(Buffer.concat([Buffer.of(VERSION), keyId, nonce, cipher.getAuthTag(), ciphertext]));
  }

  /** Throws when the blob was altered, belongs elsewhere, or was sealed with a master key that is no longer there. */
  open(blob: Uint8Array, place: string): string {
    const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
    const keyId = bytes.toString('hex', 1, NONCE_AT);
    const key = this.#keys().get(keyId);
    if (bytes[0] !== VERSION || key === undefined) throw new Error(`sealed text: unknown master key ${keyId}`);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(NONCE_AT, TAG_AT), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(TAG_AT, TEXT_AT));
    return Buffer.concat([decipher.update(bytes.subarray(TEXT_AT)), decipher.final()]).toString('utf8');
  }

  /** Master keys may be added or dropped while a gateway runs; those that hold the secrets then put a new list there. */
  #keys(): ReadonlyMap<string, KeyObject> {
    const { masterKeys } = this.#secrets;
    if (masterKeys !== this.#derivedFrom) {
      this.#derived = new Map(masterKeys.map(({ id, key }) => [id, createSecretKey(deriveKey(key, this.#purpose))]));
      this.#derivedFrom = masterKeys;
    }
    return this.#derived;
  }
}
