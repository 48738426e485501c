// The secrets of a deployment: everything stored that must not be read from a stolen database is protected with
// keys derived from them. They live outside the database, in one file that only its owner may read.
import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatInstant, type Instant } from '@playgate/policy';

export const SECRET_BYTES = 32;
const MASTER_KEY_ID_BYTES = 4;
const MASTER_KEY_ID = /^[0-9a-f]{8}$/;

export interface MasterKey {
  /** 8 hex digits; written into everything sealed with the key. */
  readonly id: string;
  readonly key: Uint8Array;
  /** Until then it only opens and verifies, so that every gateway has it before the first uses it. Left out: at once. */
  readonly sealsFromAt?: Instant;
}

export interface Secrets {
  /** At least one: the first seals and signs, all open and verify. Another list stands here once they have changed. */
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
  | 'pending-verification'
  | 'signing-key'
  | 'webhook-secret'
  | 'session-token'
  | 'receipt'
  | 'abuse-limit'
  | 'guardian-phone'
  | 'guardian-child'
  | 'identity-subject'
  | 'human'
  | 'guardian-token'
  | 'operator-token'
  | 'sign-in'
  | 'csrf-token'
  | 'staff';

export type SecretsSource =
  /** Embedded: `<dataDir>/secrets.json`, made on the first start. */
  | { readonly dataDir: string }
  /** The same file under any path, made by the operator and equal on all gateways of a database. */
  | { readonly file: string };

export function secretsPathOf(source: SecretsSource): string {
  return 'file' in source ? source.file : join(source.dataDir, 'secrets.json');
}

/**
 * The secrets as they hold at `now` (default: with every key in use).
 * Throws an Error that names the file when it is missing (`file`) or not what it should be.
 */
export async function loadSecrets(source: SecretsSource, now = Number.POSITIVE_INFINITY): Promise<Secrets> {
  const path = secretsPathOf(source);
  if ('dataDir' in source) await createSecretsFile(path);
  return inUseAt(await readSecretsFile(path), now);
}

/** Adds a master key that is used from an instant on, and tells its id. Null: the newest one is still to come into use. */
export async function addMasterKey(source: SecretsSource, sealsFromAt: Instant, now: Instant): Promise<string | null> {
  const path = secretsPathOf(source);
  if ('dataDir' in source) await createSecretsFile(path);
  const secrets = await readSecretsFile(path);
  if (secrets.masterKeys.some((key) => (key.sealsFromAt ?? 0) > now)) return null;
  const key = { id: randomBytes(MASTER_KEY_ID_BYTES).toString('hex'), key: randomBytes(SECRET_BYTES), sealsFromAt };
  await replaceSecretsFile(path, { ...secrets, masterKeys: [key, ...secrets.masterKeys] });
  return key.id;
}

/** Drops every master key but one and those still to come into use; tells the ids of the dropped. */
export async function dropOldMasterKeys(source: SecretsSource, keptId: string): Promise<readonly string[]> {
  const path = secretsPathOf(source);
  const secrets = await readSecretsFile(path);
  const keptAt = secrets.masterKeys.findIndex(({ id }) => id === keptId);
  if (keptAt < 0) throw new Error(`bad secrets file ${path}: master key ${keptId} has gone`);
  const dropped = secrets.masterKeys.slice(keptAt + 1).map(({ id }) => id);
  if (dropped.length > 0) {
    await replaceSecretsFile(path, { ...secrets, masterKeys: secrets.masterKeys.slice(0, keptAt + 1) });
  }
  return dropped;
}

/** Writes secrets over those at `path`, whole or not at all. Keys stand newest first. */
async function replaceSecretsFile(path: string, { masterKeys, pepper }: Secrets): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const text = (secret: Uint8Array) => Buffer.from(secret).toString('base64url');
  const content = {
    masterKeys: masterKeys.map(({ id, key, sealsFromAt }) => ({
      id,
      key: text(key),
      ...(sealsFromAt !== undefined && { sealsFromAt: formatInstant(sealsFromAt) }),
    })),
    pepper: text(pepper),
  };
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** The newest key in use first, the others in their order; a file whose keys are all yet to come uses its last. */
function inUseAt({ masterKeys, pepper }: Secrets, now: Instant): Secrets {
  const first = masterKeys.find(({ sealsFromAt = 0 }) => sealsFromAt <= now) ?? masterKeys.at(-1)!;
  return { masterKeys: [first, ...masterKeys.filter((key) => key !== first)], pepper };
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
    const { sealsFromAt } = entry;
    const at = sealsFromAt === undefined ? undefined : Date.parse(String(sealsFromAt));
    if (Number.isNaN(at)) throw new TypeError('masterKeys: a sealsFromAt is not an instant');
    return {
      id: entry.id,
      key: parseSecret(entry.key, 'masterKeys'),
      ...(at !== undefined && { sealsFromAt: at }),
    };
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
