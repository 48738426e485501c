import { exportPlayerData, type PlayerExport } from '../compliance/player-export.ts';
import { parseWorldName } from '../sessions/stream-entry.ts';
import { IdentityVault } from '../store/sql/identity-vault.ts';
import { SqlPlayerRecords } from '../store/sql/sql-player-records.ts';
import { CommandError, withStores } from './open-stores.ts';
import type { CommandPorts } from './program.ts';

/** Prints one document with all events; for the operator, so nothing is withheld. */
export async function exportPlayerCommand(ports: CommandPorts, playerId: string, worldName: string | null) {
  const { now, print, readConfig } = ports;
  const world = readWorld(worldName);
  await withStores(readConfig(), now(), async ({ database, secrets }) => {
    const records = new SqlPlayerRecords(database.db, new IdentityVault(secrets));
    const events: PlayerExport['events'][number][] = [];
    let cursor: string | null = null;
    for (;;) {
      const page: PlayerExport | null = await exportPlayerData(
        records,
        { playerId, world, cursor, now: now() },
        'operator',
      );
      if (page === null) throw new CommandError('There is no such player.');
      events.push(...page.events);
      cursor = page.nextCursor;
      if (cursor === null) return print(JSON.stringify({ ...page, events }, null, 2));
    }
  });
}

function readWorld(name: string | null) {
  if (name === null) return null;
  try {
    return parseWorldName(name);
  } catch {
    throw new CommandError('--world: live:<providerId> or test:<providerId>');
  }
}
