import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SECRET_BYTES, type Secrets } from '../../src/store/sql/secrets.ts';

/** Secrets that are the same in every run and no secret at all. */
export function testSecrets(): Secrets {
  return {
    masterKeys: [{ id: '0a0b0c0d', key: new Uint8Array(SECRET_BYTES).fill(1) }],
    pepper: new Uint8Array(SECRET_BYTES).fill(2),
  };
}

/** The same as a file in a folder; tells its path. */
export async function writeTestSecrets(folder: string): Promise<string> {
  const file = path.join(folder, 'secrets.json');
  const text = (secret: Uint8Array) => Buffer.from(secret).toString('base64url');
  const { masterKeys, pepper } = testSecrets();
  const content = { masterKeys: masterKeys.map(({ id, key }) => ({ id, key: text(key) })), pepper: text(pepper) };
  await writeFile(file, JSON.stringify(content), { mode: 0o600 });
  return file;
}
