import { limits } from '@playgate/contract';
import { SqlSigningKeys } from '../store/sql/sql-signing-keys.ts';
import { SIGNING_KEYS_REREAD_MS } from '../tokens/signing-key.ts';
import { CommandError, withStores } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { tellGateways } from './tell-gateways.ts';

/** For a key that leaked: its tokens are refused at once, and there is always one that signs. */
export async function withdrawSigning(ports: CommandPorts, keyId: string): Promise<void> {
  const { note, now, print, readConfig } = ports;
  const config = readConfig();
  await withStores(config, now(), async ({ database, secrets }) => {
    const signerId = await new SqlSigningKeys(database.db, secrets).withdraw(keyId, now());
    if (signerId === null)
      throw new CommandError('There is no such signing key. GET /.well-known/jwks.json names them.');
    print(`signing key ${keyId} is withdrawn; ${signerId} signs`);
    if (await tellGateways(config, { kind: 'signing_keys_changed' }, note)) print('every running gateway refuses it');
    else note(`running gateways refuse it within ${SIGNING_KEYS_REREAD_MS / 1000} s`);
    note(`Others who verify age tokens may keep the old JWKS for ${limits.JWKS_MAX_AGE_S} s.`);
    note('Players with a token of that key have to be verified again.');
  });
}
