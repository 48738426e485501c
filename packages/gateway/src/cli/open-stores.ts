// What a command works on: the same database and secrets as the gateway with these settings.
import type { Config } from '../config.ts';
import { DataDirectoryLockedError } from '../store/sql/data-directory-lock.ts';
import { type Database, openDatabase } from '../store/sql/open-database.ts';
import { loadSecrets, type Secrets, type SecretsSource } from '../store/sql/secrets.ts';

/** Something the operator has to do first; told without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export function secretsSourceOf({ dataDir, secretsFile }: Config): SecretsSource {
  return secretsFile === null ? { dataDir } : { file: secretsFile };
}

export async function withStores<Result>(
  config: Config,
  now: number,
  work: (stores: { readonly database: Database; readonly secrets: Secrets }) => Promise<Result>,
): Promise<Result> {
  const secrets = await loadSecrets(secretsSourceOf(config), now);
  const { databaseUrl, dataDir } = config;
  const opening = databaseUrl === null ? openDatabase({ dataDir }) : openDatabase({ databaseUrl });
  await using database = await opening.catch((error: unknown) => {
    if (!(error instanceof DataDirectoryLockedError)) throw error;
    throw new CommandError(
      `The database is embedded in ${dataDir} and a running gateway has it open (${error.message}) ` +
        'Stop the gateway, run this command, and start it again. With DATABASE_URL it need not be stopped.',
    );
  });
  return await work({ database, secrets });
}
