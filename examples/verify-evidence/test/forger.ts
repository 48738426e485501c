// An operator who signs what is not so: a key of its own under everything that a directory of evidence has.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ORIGIN = 'forger.test/evidence';
const ED25519_TYPE = Buffer.of(1);

export class Forger {
  readonly #pair = generateKeyPairSync('ed25519');
  readonly #jwk = this.#pair.publicKey.export({ format: 'jwk' });
  readonly #typed = Buffer.concat([ED25519_TYPE, Buffer.from(this.#jwk.x!, 'base64url')]);

  get #hash(): Buffer {
    return sha256(Buffer.concat([Buffer.from(`${ORIGIN}\n`), this.#typed])).subarray(0, 4);
  }

  get #kid(): string {
    return sha256(Buffer.from(`{"crv":"Ed25519","kty":"OKP","x":"${this.#jwk.x}"}`)).toString('base64url');
  }

  get verifierKey(): string {
    return `${ORIGIN}+${this.#hash.toString('hex')}+${this.#typed.toString('base64')}`;
  }

  /** Signs what is in the directory as it is: the entries, the previous checkpoint and every report. */
  signAll(directory: string): void {
    const at = (name: string) => path.join(directory, name);
    const entries = readFileSync(at('entries.jsonl'), 'utf8').trimEnd().split('\n');
    this.signCheckpoint(at('checkpoint'), entries.length, rootOf(entries));
    if (existsSync(at('checkpoint.previous'))) {
      const [, size, root] = readFileSync(at('checkpoint.previous'), 'utf8').split('\n');
      this.signCheckpoint(at('checkpoint.previous'), Number(size), root!);
    }
    for (const name of readdirSync(directory).filter((file) => file.endsWith('.jws')))
      this.signReport(at(name.slice(0, -'.jws'.length)));
    writeFileSync(at('keys.json'), JSON.stringify({ origin: ORIGIN, keys: [this.#published()] }));
  }

  signCheckpoint(file: string, size: number, root: string): void {
    const text = `${ORIGIN}\n${size}\n${root}\n`;
    const signature = Buffer.concat([this.#hash, sign(null, Buffer.from(text), this.#pair.privateKey)]);
    writeFileSync(file, `${text}\n— ${ORIGIN} ${signature.toString('base64')}\n`);
  }

  signReport(file: string): void {
    const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: this.#kid })).toString('base64url');
    const payload = readFileSync(file).toString('base64url');
    const signature = sign(null, Buffer.from(`${header}.${payload}`), this.#pair.privateKey);
    writeFileSync(`${file}.jws`, `${header}..${signature.toString('base64url')}\n`);
  }

  #published() {
    const { crv, kty, x } = this.#jwk;
    const times = { signsFromAt: '2026-01-01T00:00:00.000Z', signsUntilAt: null };
    const { verifierKey } = this;
    return { kty, crv, x, alg: 'EdDSA', use: 'sig', kid: this.#kid, verifierKey, ...times, endorsement: null };
  }
}

const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();

/** RFC 6962, section 2.1, as it is written there; base64. */
export function rootOf(leaves: readonly string[]): string {
  const hash = (from: number, to: number): Buffer => {
    if (to - from === 1) return sha256(Buffer.concat([Buffer.of(0), Buffer.from(leaves[from]!)]));
    let width = 1;
    while (width * 2 < to - from) width *= 2;
    return sha256(Buffer.concat([Buffer.of(1), hash(from, from + width), hash(from + width, to)]));
  };
  return (leaves.length === 0 ? sha256(Buffer.of()) : hash(0, leaves.length)).toString('base64');
}
