import { formatInstant } from '@playgate/policy';
import { SqlSigningKeys } from '../store/sql/sql-signing-keys.ts';
import { RotationUnderWayError, SIGNING_KEYS_REREAD_MS } from '../tokens/signing-key.ts';
import { CommandError, withStores } from './open-stores.ts';
import type { CommandPorts } from './program.ts';
import { tellGateways } from './tell-gateways.ts';

/** Running gateways publish the key at once where the change bus reaches them, else with their next look. */
export async function rotateSigning({ note, now, print, readConfig }: CommandPorts): Promise<void> {
  const config = readConfig();
  await withStores(config, now(), async ({ database, secrets }) => {
    const key = await new SqlSigningKeys(database.db, secrets).add(now()).catch((error: unknown) => {
      if (!(error instanceof RotationUnderWayError)) throw error;
      throw new CommandError(`A rotation is under way: ${error.message}.`);
    });
    print(`signing key ${key.keyId} signs from ${formatInstant(key.signsFromAt)}`);
    const isKnown = await tellGateways(config, { kind: 'signing_keys_changed' }, note);
    if (!isKnown) note(`running gateways see it within ${SIGNING_KEYS_REREAD_MS / 1000} s`);
  });
}
