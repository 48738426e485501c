// The methods of verification that a deployment has set up.
import { dayOf, type Instant, type PolicyDocument } from '@playgate/policy';
import { type Config, ConfigError } from './config.ts';
import type { Policies } from './load-policies.ts';
import type { AgeVerifier } from './verification/age-verifier.ts';
import { AttestedVerifier } from './verification/identity/attested/attested-verifier.ts';
import { isLoopback, loadOidcIssuers } from './verification/identity/oidc/oidc-issuers.ts';
import { OidcVerifier } from './verification/identity/oidc/oidc-verifier.ts';
import { StoreSignalVerifier } from './verification/identity/store-signal/store-signal-verifier.ts';
import { loadWalletIssuers } from './verification/identity/wallet/wallet-issuers.ts';
import { WalletVerifier } from './verification/identity/wallet/wallet-verifier.ts';

/** Path of the operation that identity providers send browsers to. */
const OIDC_CALLBACK_PATH = '/v1/oidc/callback';

/** Throws a ConfigError that names the setting at fault. */
export async function openVerifiers(config: Config, policies: Policies): Promise<readonly AgeVerifier[]> {
  const { oidcFile, publicUrl, walletIssuersFile } = config;
  const days: Days = {
    dayOf: (at) => dayOf(policies.defaultAt(at).document.zone, at).date,
    agesAt: (at) => agesOf(policies.defaultAt(at).document),
  };
  const verifiers: AgeVerifier[] = [new AttestedVerifier(), new StoreSignalVerifier(days)];
  if (oidcFile !== null) verifiers.push(await openOidc(oidcFile, publicUrl));
  if (walletIssuersFile !== null) verifiers.push(await openWallet(walletIssuersFile, publicUrl, days));
  return verifiers;
}

/** Days and edges of the age bands, as the default policy has them. */
interface Days {
  readonly dayOf: (at: Instant) => string;
  readonly agesAt: (at: Instant) => readonly number[];
}

function agesOf({ bands }: PolicyDocument): readonly number[] {
  return bands.map(({ fromAge }) => fromAge).filter((age) => age > 0);
}

async function openWallet(file: string, audience: string, days: Days): Promise<AgeVerifier> {
  const issuers = await loadWalletIssuers(file).catch((error: Error) => {
    throw new ConfigError([`PLAYGATE_WALLET_ISSUERS_FILE: ${error.message}`]);
  });
  return new WalletVerifier({ issuers, audience, ...days });
}

async function openOidc(file: string, publicUrl: string): Promise<AgeVerifier> {
  // A gateway that callers reach on loopback only is somebody's own machine, never production.
  const rules = { allowsLoopback: isLoopback(new URL(publicUrl).hostname) };
  const issuers = await loadOidcIssuers(file, rules).catch((error: Error) => {
    throw new ConfigError([`PLAYGATE_OIDC_FILE: ${error.message}`]);
  });
  return new OidcVerifier({ ...rules, issuers, callbackUrl: publicUrl + OIDC_CALLBACK_PATH });
}
