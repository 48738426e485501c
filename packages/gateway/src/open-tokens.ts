// The signers of a running gateway, and how they follow their keys: told over the bus or at the next look, never by a
// restart.
import type { Clock } from './clock.ts';
import type { ChangeBus } from './directory/change-bus.ts';
import type { LiveSecrets } from './store/sql/live-secrets.ts';
import { deriveKey, type KeyPurpose, type Secrets } from './store/sql/secrets.ts';
import { HmacReceipts } from './tokens/hmac-receipts.ts';
import { JoseAgeTokens } from './tokens/jose-age-tokens.ts';
import { JoseGuardianTokens } from './tokens/jose-guardian-tokens.ts';
import { JoseSessionTokens } from './tokens/jose-session-tokens.ts';
import type { SigningKeys } from './tokens/signing-key.ts';

export interface TokenPorts {
  /** `iss` of all tokens. */
  readonly issuer: string;
  /** Real time: keys do not follow a sandbox clock. */
  readonly clock: Clock;
  readonly signingKeys: Pick<SigningKeys, 'list'>;
  readonly secrets: Secrets & Partial<Pick<LiveSecrets, 'reload'>>;
  readonly bus: Pick<ChangeBus, 'subscribe'>;
}

export interface Tokens {
  readonly ageTokens: JoseAgeTokens;
  readonly sessionTokens: JoseSessionTokens;
  readonly guardianTokens: JoseGuardianTokens;
  readonly receipts: HmacReceipts;
  /** Looks which key signs and which verify by now. */
  rereadSigningKeys(): Promise<void>;
  /** Looks whether master keys were added, dropped or came into use. */
  rereadSecrets(): Promise<void>;
}

export async function openTokens({ bus, clock, issuer, secrets, signingKeys }: TokenPorts): Promise<Tokens> {
  const ageTokens = await JoseAgeTokens.create({ issuer, keys: await signingKeys.list(clock.now()) });
  const sessionTokens = new JoseSessionTokens({ issuer, keys: keysOf(secrets, 'session-token') });
  const guardianTokens = new JoseGuardianTokens({ issuer, keys: keysOf(secrets, 'guardian-token') });
  const receipts = new HmacReceipts(keysOf(secrets, 'receipt'));
  let lastRead: Promise<void> = Promise.resolve();
  // One after the other: a look that began before a key was withdrawn must not end after the one that was told of it.
  const rereadSigningKeys = () => {
    lastRead = lastRead.catch(() => undefined).then(async () => ageTokens.use(await signingKeys.list(clock.now())));
    return lastRead;
  };
  bus.subscribe(async ({ kind }) => {
    if (kind === 'signing_keys_changed' || kind === 'resumed') await rereadSigningKeys();
  });
  const rereadSecrets = async () => {
    if ((await secrets.reload?.(clock.now())) !== true) return;
    sessionTokens.use(keysOf(secrets, 'session-token'));
    guardianTokens.use(keysOf(secrets, 'guardian-token'));
    receipts.use(keysOf(secrets, 'receipt'));
  };
  return { ageTokens, sessionTokens, guardianTokens, receipts, rereadSigningKeys, rereadSecrets };
}

function keysOf({ masterKeys }: Secrets, purpose: KeyPurpose) {
  return masterKeys.map(({ id, key }) => ({ id, key: deriveKey(key, purpose) }));
}
