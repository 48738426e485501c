// Personal data at rest: sealed texts, and keyed hashes by which an identity is found again. A hash is bound to
// its world, so equal people of two providers, or of test and live, cannot be matched in the tables.
import { createHmac } from 'node:crypto';
import type { World } from '../../directory/world.ts';
import type { PlayerIdentity } from '../../verification/identity-claim.ts';
import { SealedBox } from './sealed-box.ts';
import { deriveKey, type Secrets } from './secrets.ts';

export class IdentityVault {
  readonly #box: SealedBox;
  readonly #playerRefKey: Uint8Array;
  readonly #nationalIdKey: Uint8Array;

  constructor(secrets: Secrets) {
    this.#box = new SealedBox(secrets, 'identity');
    this.#playerRefKey = deriveKey(secrets.pepper, 'player-ref');
    this.#nationalIdKey = deriveKey(secrets.pepper, 'national-id');
  }

  hashPlayerRef(world: World, playerRef: string): string {
    return hashInWorld(this.#playerRefKey, world, playerRef);
  }

  hashNationalId(world: World, nationalId: string): string {
    return hashInWorld(this.#nationalIdKey, world, nationalId);
  }

  /** `ownerId`: the row the identity belongs to (player or verification). */
  seal(identity: PlayerIdentity, ownerId: string): Uint8Array {
    return this.#box.seal(JSON.stringify(identity), ownerId);
  }

  open(blob: Uint8Array, ownerId: string): PlayerIdentity {
    return JSON.parse(this.#box.open(blob, ownerId)) as PlayerIdentity;
  }
}

/** No part can hold the separator: ids and modes are plain words, and the value comes last. */
function hashInWorld(key: Uint8Array, world: World, value: string): string {
  return createHmac('sha256', key).update(`${world.providerId}\n${world.mode}\n${value}`).digest('base64url');
}
