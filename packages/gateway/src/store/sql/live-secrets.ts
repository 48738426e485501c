import type { Instant } from '@playgate/policy';
import { loadSecrets, type MasterKey, type Secrets, type SecretsSource, secretsPathOf } from './secrets.ts';

/** How soon a running gateway knows a key that was added to its file. */
export const SECRETS_REREAD_MS = 10_000;

/** Secrets that follow their file while a gateway runs. */
export class LiveSecrets implements Secrets {
  readonly pepper: Uint8Array;
  readonly #file: string;
  #masterKeys: readonly MasterKey[];

  private constructor(file: string, { masterKeys, pepper }: Secrets) {
    this.#file = file;
    this.#masterKeys = masterKeys;
    this.pepper = pepper;
  }

  /** Throws as `loadSecrets` does. */
  static async open(source: SecretsSource, now: Instant): Promise<LiveSecrets> {
    return new LiveSecrets(secretsPathOf(source), await loadSecrets(source, now));
  }

  get masterKeys(): readonly MasterKey[] {
    return this.#masterKeys;
  }

  /** True: the keys, or which of them is in use, have changed. Throws as `loadSecrets` does, or when the pepper differs. */
  async reload(now: Instant): Promise<boolean> {
    const { masterKeys, pepper } = await loadSecrets({ file: this.#file }, now);
    if (!Buffer.from(pepper).equals(this.pepper)) throw new Error('the pepper of the secrets file has changed');
    if (idsOf(masterKeys) === idsOf(this.#masterKeys)) return false;
    this.#masterKeys = masterKeys;
    return true;
  }
}

const idsOf = (keys: readonly MasterKey[]): string => keys.map(({ id }) => id).join(' ');
