import { SqlEvidenceKeys } from '../store/sql/sql-evidence-keys.ts';
import { withStores } from './open-stores.ts';
import type { CommandPorts } from './program.ts';

/** Gateways read the keys whenever they sign, so none has to be told. */
export async function rotateEvidence({ note, now, print, readConfig }: CommandPorts): Promise<void> {
  const config = readConfig();
  await withStores(config, now(), async ({ database, secrets }) => {
    const key = await new SqlEvidenceKeys(database.db, secrets).rotate(now(), config.evidenceOrigin);
    print(`evidence key ${key.keyId} signs from now on`);
    note('Regulators who keep the key of before need not do anything: the two keys vouch for each other.');
    note('If the key of before has leaked, tell them the new one, and not to believe the old one any more.');
  });
}
