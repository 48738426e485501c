import { formatInstant } from '@playgate/policy';
import { SECRETS_REREAD_MS } from '../store/sql/live-secrets.ts';
import { addMasterKey, secretsPathOf } from '../store/sql/secrets.ts';
import { CommandError, secretsSourceOf } from './open-stores.ts';
import type { CommandPorts } from './program.ts';

const MINUTE_MS = 60_000;

/** Touches the file only, so no gateway has to stop. */
export async function rotateSecrets(ports: CommandPorts, leadMinutes: number): Promise<void> {
  const { note, now, print, readConfig } = ports;
  const source = secretsSourceOf(readConfig());
  const sealsFromAt = now() + leadMinutes * MINUTE_MS;
  const id = await addMasterKey(source, sealsFromAt, now());
  if (id === null) throw new CommandError('The newest master key is not in use yet: wait until it is.');
  print(`master key ${id} is in use from ${formatInstant(sealsFromAt)}`);
  note(
    `Copy ${secretsPathOf(source)} to every gateway before then; each reads it within ${SECRETS_REREAD_MS / 1000} s.`,
  );
  note('After that: playgate secrets reseal');
}
