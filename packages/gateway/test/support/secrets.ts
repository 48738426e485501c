import { SECRET_BYTES, type Secrets } from '../../src/store/sql/secrets.ts';

/** Secrets that are the same in every run and no secret at all. */
export function testSecrets(): Secrets {
  return {
    masterKeys: [{ id: '0a0b0c0d', key: new Uint8Array(SECRET_BYTES).fill(1) }],
    pepper: new Uint8Array(SECRET_BYTES).fill(2),
  };
}
