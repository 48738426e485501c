// Receipts: what the books said of a session, given to its client to keep. `<proof>.<key id>.<HMAC-SHA-256>`, keyed for this purpose
// alone and bound to the session by what is hashed, so it is no token, and no other session's.
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Receipts } from '../directory/tokens.ts';

const SEPARATOR = '.';

export interface ReceiptKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export class HmacReceipts implements Receipts {
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #newestId = '';

  /** Throws a TypeError when there is no key. */
  constructor(keys: readonly ReceiptKey[]) {
    this.use(keys);
  }

  /** From now on the first of these signs and all verify. Throws a TypeError when there is none. */
  use(keys: readonly ReceiptKey[]): void {
    const [newest] = keys;
    if (newest === undefined) throw new TypeError('keys: at least one receipt key');
    this.#keys = new Map(keys.map(({ id, key }) => [id, createSecretKey(key)]));
    this.#newestId = newest.id;
  }

  issue(sessionId: string, proof: string): string {
    const text = proof + SEPARATOR + this.#newestId;
    return text + SEPARATOR + markOf(this.#keys.get(this.#newestId)!, sessionId, text);
  }

  read(sessionId: string, receipt: string): string | null {
    const [proof, keyId, mark, ...rest] = receipt.split(SEPARATOR);
    if (proof === undefined || keyId === undefined || mark === undefined || rest.length > 0) return null;
    const key = this.#keys.get(keyId);
    if (key === undefined) return null;
    const [given, made] = [Buffer.from(mark), Buffer.from(markOf(key, sessionId, proof + SEPARATOR + keyId))];
    return given.length === made.length && timingSafeEqual(given, made) ? proof : null;
  }
}

/** The session's id is in no receipt, only under its mark. */
function markOf(key: KeyObject, sessionId: string, text: string): string {
  return createHmac('sha256', key).update(`${sessionId}/${text}`).digest('base64url');
}
