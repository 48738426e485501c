import { hash, timingSafeEqual } from 'node:crypto';
import type { Principal } from './principal.ts';

/** 32 characters of hex hold 128 bits; anything shorter is a password somebody made up. */
export const OPERATOR_TOKEN_LENGTH_MIN = 24;

/** The one admin token of a deployment. Compared by hash, in a time that does not depend on the candidate. */
export class OperatorToken {
  readonly #hash: Buffer;

  constructor(token: string) {
    if (token.length < OPERATOR_TOKEN_LENGTH_MIN) {
      throw new TypeError(`admin token: at least ${OPERATOR_TOKEN_LENGTH_MIN} characters`);
    }
    this.#hash = hash('sha256', token, 'buffer');
  }

  authenticate(candidate: string): Principal | null {
    return timingSafeEqual(hash('sha256', candidate, 'buffer'), this.#hash) ? { kind: 'operator' } : null;
  }
}
