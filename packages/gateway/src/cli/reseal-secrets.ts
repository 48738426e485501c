import { limits } from '@playgate/contract';
import { formatInstant } from '@playgate/policy';
import { SESSION_TOKEN_TTL_MS } from '../sessions/session-opener.ts';
import { countSealed, reseal } from '../store/sql/reseal.ts';
import { dropOldMasterKeys, type Secrets } from '../store/sql/secrets.ts';
import { CommandError, secretsSourceOf, withStores } from './open-stores.ts';
import type { CommandPorts } from './program.ts';

/** The longest life of a token that a key derived from a master key signs. */
const TOKEN_LIFE_MS_MAX = Math.max(SESSION_TOKEN_TTL_MS, limits.GUARDIAN_LINK_MS_MAX);

export async function resealSecrets(ports: CommandPorts, dropOld: boolean): Promise<void> {
  const { note, now, print, readConfig } = ports;
  const config = readConfig();
  await withStores(config, now(), async ({ database: { db }, secrets }) => {
    const newestId = secrets.masterKeys[0]!.id;
    const count = await reseal(db, secrets, ({ column, done, table, total }) =>
      note(`${table}.${column} ${done}/${total}`),
    );
    print(`${count} sealed anew under master key ${newestId}`);
    const left = [...(await countSealed(db))].filter(([keyId]) => keyId !== newestId);
    for (const [keyId, remaining] of left) print(`${remaining} still under master key ${keyId}`);
    if (!dropOld) return;
    if (left.length > 0) throw new CommandError('Nothing was dropped. Run the command again.');
    assertTokensAreOver(secrets, now());
    const dropped = await dropOldMasterKeys(secretsSourceOf(config), newestId);
    print(dropped.length === 0 ? 'there is no older master key' : `dropped master key ${dropped.join(', ')}`);
    if (dropped.length > 0) note('Copy the secrets file to every gateway.');
  });
}

/** Session tokens and guardian links that an older key signed must have run out, or they would be refused. */
function assertTokensAreOver({ masterKeys }: Secrets, now: number): void {
  const [newest, ...older] = masterKeys;
  const overAt = (newest?.sealsFromAt ?? 0) + TOKEN_LIFE_MS_MAX;
  if (older.length === 0 || now >= overAt) return;
  throw new CommandError(
    `Nothing was dropped: tokens that an older key signed are good until ${formatInstant(overAt)}. Run it again then.`,
  );
}
