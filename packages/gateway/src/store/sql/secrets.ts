// The secrets of a deployment: everything stored that must not be read from a stolen database is protected with
// keys derived from them. They live outside the database, in one file that only its owner may read.
import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const SECRET_BYTES = 32;
const MASTER_KEY_ID_BYTES = 4;
const MASTER_KEY_ID = /^[0-9a-f]{8}$/;

export interface MasterKey {
  /** 8 hex digits; written into everything sealed with the key. */
  readonly id: string;
  readonly key: Uint8Array;
}

export interface Secrets {
  /** Newest first, at least one: the first seals and signs, all open and verify. */
  readonly masterKeys: readonly MasterKey[];
  /** Keys the hashes by which identities are found again; it can never change. */
  readonly pepper: Uint8Array;
}

/** What a derived key is for; each purpose has a key of its own. */
export type KeyPurpose =
  | 'identity'
  | 'player-ref'
  | 'national-id'
  | 'idempotency'
  | 'signing-key'
  | 'session-token'
  | 'guardian-phone'
  | 'guardian-token'
  | 'operator-token';

export type SecretsSource =
  /** Embedded: `<dataDir>/secrets.json`, made on the first start. */
  | { readonly dataDir: string }
  /** The same file under any path, made by the operator and equal on all gateways of a database. */
  | { readonly file: string };

/** Throws an Error that names the file when it is missing (`file`) or not what it should be. */
export async function loadSecrets(source: SecretsSource): Promise<Secrets> {
  if ('file' in source) return readSecretsFile(source.file);
  const path = join(source.dataDir, 'secrets.json');
  await createSecretsFile(path);
  return readSecretsFile(path);
}

/** Writes fresh secrets to `path`, readable by the owner only; a file that is there stays as it is. */
export async function createSecretsFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const master = { id: randomBytes(MASTER_KEY_ID_BYTES).toString('hex'), key: randomSecretText() };
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify({ masterKeys: [master], pepper: randomSecretText() }, null, 2)}\n`, {
    mode: 0o600,
  });
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
}

/** 32 bytes by HKDF-SHA-256; equal for equal secret and purpose. */
export function deriveKey(secret: Uint8Array, purpose: KeyPurpose): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `playgate/${purpose}`, SECRET_BYTES));
}

async function readSecretsFile(path: string): Promise<Secrets> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`cannot read the secrets file ${path}`, { cause });
  });
  try {
    return parseSecrets(JSON.parse(text));
  } catch (error) {
    // A parser's message can quote the text, and the text is secret.
    throw new Error(`bad secrets file ${path}: ${error instanceof TypeError ? error.message : 'not JSON'}`);
  }
}

function parseSecrets(value: unknown): Secrets {
  if (!isRecord(value)) throw new TypeError('not an object');
  if (!Array.isArray(value.masterKeys) || value.masterKeys.length === 0) throw new TypeError('masterKeys: none');
  const masterKeys = value.masterKeys.map((entry: unknown) => {
    if (!isRecord(entry) || typeof entry.id !== 'string' || !MASTER_KEY_ID.test(entry.id)) {
      throw new TypeError('masterKeys: an id is not 8 hex digits');
    }
    return { id: entry.id, key: parseSecret(entry.key, 'masterKeys') };
  });
  return { masterKeys, pepper: parseSecret(value.pepper, 'pepper') };
}

function parseSecret(value: unknown, name: string): Uint8Array {
  const bytes = typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64url')) : new Uint8Array();
  if (bytes.length !== SECRET_BYTES) throw new TypeError(`${name}: not ${SECRET_BYTES} bytes in base64url`);
  return bytes;
}

function randomSecretText(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
