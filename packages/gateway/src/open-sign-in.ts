// Sign-in of people as a deployment has set it up.
import { type Config, ConfigError } from './config.ts';
import { OidcLogin } from './sign-in/oidc-login.ts';
import { SignIn } from './sign-in/sign-in.ts';
import { signInCookiesOf } from './sign-in/sign-in-cookies.ts';
import { loadIdentityProviders } from './sign-in/sign-in-settings.ts';
import type { Database } from './store/sql/open-database.ts';
import { SealedBox } from './store/sql/sealed-box.ts';
import { deriveKey, type Secrets } from './store/sql/secrets.ts';
import { SqlSignInSessions } from './store/sql/sql-sign-in-sessions.ts';
import { isLoopback } from './verification/identity/oidc/oidc-issuers.ts';

/** Path of the operation that identity providers send browsers to. */
const CALLBACK_PATH = '/v1/sign-in/callback';

export interface SignInParts {
  readonly database: Pick<Database, 'db'>;
  readonly secrets: Secrets;
}

/** Null: not set up. Throws a ConfigError that names the setting at fault. */
export async function openSignIn(
  { publicUrl, signInFile }: Config,
  { database, secrets }: SignInParts,
): Promise<SignIn | null> {
  if (signInFile === null) return null;
  const { hostname, origin, protocol } = new URL(publicUrl);
  // A gateway that callers reach on loopback only is somebody's own machine, never production.
  const rules = { allowsLoopback: isLoopback(hostname) };
  if (protocol !== 'https:' && !rules.allowsLoopback) {
    throw new ConfigError(['PLAYGATE_SIGN_IN_FILE: people sign in over https, so PLAYGATE_PUBLIC_URL must be https']);
  }
  const identityProviders = await loadIdentityProviders(signInFile, rules).catch((error: Error) => {
    throw new ConfigError([`PLAYGATE_SIGN_IN_FILE: ${error.message}`]);
  });
  return new SignIn({
    identityProviders,
    login: new OidcLogin({ ...rules, callbackUrl: publicUrl + CALLBACK_PATH }),
    sessions: new SqlSignInSessions(database.db),
    cookies: signInCookiesOf(publicUrl),
    box: new SealedBox(secrets, 'sign-in'),
    csrfKey: deriveKey(secrets.pepper, 'csrf-token'),
    ownOrigin: origin,
  });
}
