// Personal data at rest: sealed texts, and keyed hashes by which an identity is found again. A hash is bound to
// its world, so equal people of two providers, or of test and live, cannot be matched in the tables.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { ID_PREFIXES, ID_RANDOM_LENGTH } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import type { PlayerIdentity } from '../../verification/identity-claim.ts';
import { SealedBox } from './sealed-box.ts';
import { deriveKey, type KeyPurpose, type Secrets } from './secrets.ts';

/** Who a guardian is; kept sealed. */
export interface GuardianIdentity {
  readonly name: string | null;
  /** E.164. */
  readonly phone: string;
}

export class IdentityVault {
  readonly #box: SealedBox;
  readonly #playerRefKey: KeyObject;
  readonly #nationalIdKey: KeyObject;
  readonly #guardianPhoneKey: KeyObject;
  readonly #guardianChildKey: KeyObject;
  readonly #subjectKey: KeyObject;
  readonly #humanKey: KeyObject;
  readonly #countsHumans: boolean;

  constructor(secrets: Secrets, options: { readonly countsHumans?: boolean } = {}) {
    this.#countsHumans = options.countsHumans ?? false;
    this.#box = new SealedBox(secrets, 'identity');
    this.#playerRefKey = keyOf(secrets, 'player-ref');
    this.#nationalIdKey = keyOf(secrets, 'national-id');
    this.#humanKey = keyOf(secrets, 'human');
    this.#guardianPhoneKey = keyOf(secrets, 'guardian-phone');
    this.#guardianChildKey = keyOf(secrets, 'guardian-child');
    this.#subjectKey = keyOf(secrets, 'identity-subject');
  }

  hashPlayerRef(world: World, playerRef: string): string {
    return hashInWorld(this.#playerRefKey, world, playerRef);
  }

  hashNationalId(world: World, nationalId: string): string {
    return hashInWorld(this.#nationalIdKey, world, nationalId);
  }

  /**
   * The one hash that is not bound to a provider: it finds the human behind persons of several. Null unless humans are
   * counted, because a policy limits play over all providers.
   */
  humanIdOf({ mode }: World, nationalId: string): string | null {
    if (!this.#countsHumans) return null;
    const digest = createHmac('sha256', this.#humanKey).update(`${mode}\n${nationalId}`).digest('base64url');
    return ID_PREFIXES.human + digest.replace(/[-_]/g, '').slice(0, ID_RANDOM_LENGTH);
  }

  hashGuardianPhone(world: World, phone: string): string {
    return hashInWorld(this.#guardianPhoneKey, world, phone);
  }

  /** `childRef`: null gives what the marks of one guardian's children have in common. */
  hashGuardianChild(world: World, phone: string, childRef: string | null): string {
    return hashInWorld(this.#guardianChildKey, world, JSON.stringify([phone, childRef]));
  }

  /** `id`: null gives what the subjects of one issuer have in common. */
  hashSubject(world: World, issuer: string, id: string | null): string {
    return hashInWorld(this.#subjectKey, world, JSON.stringify([issuer, id]));
  }

  sealGuardian(guardian: GuardianIdentity, guardianId: string): Uint8Array {
    return this.#box.seal(JSON.stringify(guardian), guardianId);
  }

  openGuardian(blob: Uint8Array, guardianId: string): GuardianIdentity {
    return JSON.parse(this.#box.open(blob, guardianId)) as GuardianIdentity;
  }

  /** `place`: what the text belongs to; it opens nowhere else. */
  sealText(text: string, place: string): Uint8Array {
    return this.#box.seal(text, place);
  }

  openText(blob: Uint8Array, place: string): string {
    return this.#box.open(blob, place);
  }

  /** `ownerId`: the row the identity belongs to (player or verification). */
  seal(identity: PlayerIdentity, ownerId: string): Uint8Array {
    return this.#box.seal(JSON.stringify(identity), ownerId);
  }

  open(blob: Uint8Array, ownerId: string): PlayerIdentity {
    return JSON.parse(this.#box.open(blob, ownerId)) as PlayerIdentity;
  }
}

const keyOf = ({ pepper }: Secrets, purpose: KeyPurpose): KeyObject => createSecretKey(deriveKey(pepper, purpose));

/** No part can hold the separator: ids and modes are plain words, and the value comes last. */
function hashInWorld(key: KeyObject, world: World, value: string): string {
  return createHmac('sha256', key).update(`${world.providerId}\n${world.mode}\n${value}`).digest('base64url');
}
