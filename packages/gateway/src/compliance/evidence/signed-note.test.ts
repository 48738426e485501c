import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import vectors from '../../../../../vectors/evidence/signed-note.json' with { type: 'json' };
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { ed25519Signer } from './ed25519.ts';
import { formatVerifierKey, NoteError, openNote, parseNote, parseVerifierKey, signNote } from './signed-note.ts';

const peter = parseVerifierKey(vectors.keys.peter);
const enoch = parseVerifierKey(vectors.keys.enoch);
const peterJwk = {
  ...createPublicKey({ key: jwkOf(peter.publicKey), format: 'jwk' }).export({ format: 'jwk' }),
  d: Buffer.from(vectors.peterSeedHex, 'hex').toString('base64url'),
};

function jwkOf(publicKey: Uint8Array) {
  return { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') };
}

describe('signed notes, as Go reads and writes them', () => {
  it('reads and writes verifier keys', () => {
    expect(formatVerifierKey(peter)).toBe(vectors.keys.peter);
    const { peter: text } = vectors.keys;
    for (let at = 0; at < text.length; at += 1) {
      const changed = `${text.slice(0, at)}${text[at] === 'B' ? 'C' : 'B'}${text.slice(at + 1)}`;
      expect(() => parseVerifierKey(changed), changed).toThrow(NoteError);
      expect(() => parseVerifierKey(text.slice(0, at)), text.slice(0, at)).toThrow(NoteError);
    }
  });

  it('signs', () => {
    expect(signNote(vectors.text, [{ ...peter, sign: ed25519Signer(peterJwk) }])).toBe(vectors.signedByPeter);
    expect(() => signNote('no newline', [])).toThrow(NoteError);
    expect(() => signNote(vectors.text, [{ ...peter, keyName: 'a b', sign: ed25519Signer(peterJwk) }])).toThrow(
      NoteError,
    );
  });

  it('opens what known keys signed, and ignores the others', () => {
    expect(openNote(vectors.signedByBoth, [peter])).toEqual({ text: vectors.text, signedBy: [peter] });
    expect(openNote(vectors.signedByBoth, [enoch, peter]).signedBy).toEqual([peter, enoch]);
    expect(() => openNote(vectors.signedByBoth, [])).toThrow('none of the known keys');
    const renamed = vectors.signedByPeter.replace('PeterNeumann', 'CarmenSandiego');
    expect(() => openNote(renamed, [peter])).toThrow('none of the known keys');
  });

  it('believes no note with a wrong signature of a known key', () => {
    expect(() => openNote(vectors.wrongSignature, [peter])).toThrow('is wrong');
    expect(() => openNote(vectors.signedByBoth.replace('answer', 'reply'), [peter])).toThrow('is wrong');
  });

  it.each(vectors.malformed)('refuses %j', (note) => {
    expect(() => openNote(note, [peter])).toThrow(NoteError);
  });

  it('refuses more signatures than anybody makes', () => {
    const [, signature = ''] = vectors.signedByPeter.split('\n\n');
    expect(() => openNote(`${vectors.text}\n${signature.repeat(101)}`, [peter])).toThrow('at most 100');
  });
});

describe('checkpoints', () => {
  const { note, origin, root, size } = vectors.checkpoint;

  it('are read and written as the format has them', () => {
    const { text } = parseNote(note);
    const checkpoint = parseCheckpoint(text);
    expect({ ...checkpoint, root: Buffer.from(checkpoint.root).toString('base64') }).toEqual({ origin, root, size });
    expect(formatCheckpoint(checkpoint)).toBe(text);
  });

  it.each([
    `\n1\n${root}\n`,
    `${origin}\n01\n${root}\n`,
    `${origin}\n-1\n${root}\n`,
    `${origin}\n1\n${root.slice(4)}\n`,
    `${origin}\n1e3\n${root}\n`,
    `${origin}\n9007199254740993\n${root}\n`,
  ])('are not %j', (text) => {
    expect(() => parseCheckpoint(text)).toThrow(NoteError);
  });
});
