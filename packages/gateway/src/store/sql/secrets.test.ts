import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SealedBox } from './sealed-box.ts';
import { deriveKey, loadSecrets, SECRET_BYTES, type Secrets } from './secrets.ts';

describe('loadSecrets', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'playgate-secrets-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('makes secrets once, for the owner only, also when two start together', async () => {
    const [first, second] = await Promise.all([loadSecrets({ dataDir }), loadSecrets({ dataDir })]);
    expect(second).toEqual(first);
    expect(await loadSecrets({ dataDir })).toEqual(first);
    expect(await loadSecrets({ file: join(dataDir, 'secrets.json') })).toEqual(first);
    expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(first.pepper).toHaveLength(SECRET_BYTES);
    expect(first.pepper).not.toEqual(first.masterKeys[0]!.key);
  });

  it('names a missing or bad file, and never what is in it', async () => {
    const file = join(dataDir, 'secrets.json');
    await expect(loadSecrets({ file })).rejects.toThrow(`cannot read the secrets file ${file}`);
    await loadSecrets({ dataDir });
    const good = JSON.parse(await readFile(file, 'utf8')) as { pepper: string };
    for (const [text, problem] of [
      ['{"pepper": "not json', 'not JSON'],
      ['[]', 'not an object'],
      [JSON.stringify({ ...good, masterKeys: [] }), 'masterKeys: none'],
      [JSON.stringify({ ...good, masterKeys: [{ id: 'x', key: good.pepper }] }), 'masterKeys: an id'],
      [JSON.stringify({ ...good, pepper: good.pepper.slice(4) }), 'pepper: not 32 bytes'],
    ] as const) {
      await writeFile(file, text);
      await expect(loadSecrets({ file }), problem).rejects.toThrow(`bad secrets file ${file}: ${problem}`);
    }
  });
});

describe('SealedBox', () => {
  const key = (byte: number) => new Uint8Array(SECRET_BYTES).fill(byte);
  const old: Secrets = { masterKeys: [{ id: '00000001', key: key(1) }], pepper: key(9) };
  const rotated: Secrets = { masterKeys: [{ id: '00000002', key: key(2) }, ...old.masterKeys], pepper: key(9) };

  it('opens what it sealed, never twice the same bytes', () => {
    const box = new SealedBox(old, 'identity');
    const blob = box.seal('Nguyễn', 'ply_1');
    expect(box.open(blob, 'ply_1')).toBe('Nguyễn');
    expect(box.seal('Nguyễn', 'ply_1')).not.toEqual(blob);
  });

  it('opens old blobs after the master key was changed, and new ones no longer with the old', () => {
    const blob = new SealedBox(old, 'identity').seal('text', 'a');
    const box = new SealedBox(rotated, 'identity');
    expect(box.open(blob, 'a')).toBe('text');
    expect(() => new SealedBox(old, 'identity').open(box.seal('text', 'a'), 'a')).toThrow('00000002');
  });

  it('refuses a changed, moved, cut or foreign blob', () => {
    const box = new SealedBox(old, 'identity');
    const blob = box.seal('a longer text', 'a');
    expect(() => box.open(blob, 'b')).toThrow();
    expect(() => new SealedBox(old, 'idempotency').open(blob, 'a')).toThrow();
    for (let index = 0; index < blob.length; index++) {
      const changed = blob.slice();
      changed[index]! ^= 1;
      expect(() => box.open(changed, 'a'), `byte ${index}`).toThrow();
      expect(() => box.open(blob.slice(0, index), 'a'), `cut at ${index}`).toThrow();
    }
  });

  it('derives a key of its own for each purpose', () => {
    expect(deriveKey(key(1), 'identity')).not.toEqual(deriveKey(key(1), 'session-token'));
    expect(deriveKey(key(1), 'identity')).toEqual(deriveKey(key(1), 'identity'));
  });
});
