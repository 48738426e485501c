// What a command works on: the same database and secrets as the gateway with these settings.
import type { Config } from '../config.ts';
import { DataDirectoryLockedError } from '../store/sql/data-directory-lock.ts';
import { type Database, openDatabase } from '../store/sql/open-database.ts';
import { loadSecrets, type Secrets, type SecretsSource } from '../store/sql/secrets.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';

/** Something the operator has to do first; told without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT_CODES.no) {
    super(message);
    this.exitCode = exitCode;
  }
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
  return withDatabase(config, (database) => work({ database, secrets }));
}

/** `migrates` false: the schema stays as it is. */
export async function withDatabase<Result>(
  { databaseUrl, dataDir }: Config,
  work: (database: Database) => Promise<Result>,
  { migrates = true }: { readonly migrates?: boolean } = {},
): Promise<Result> {
  const where = databaseUrl === null ? { dataDir } : { databaseUrl };
  const opening = openDatabase({ ...where, migrates });
  await using database = await opening.catch((error: unknown) => {
    if (isUnreachable(error))
      throw new CommandError('The database at DATABASE_URL cannot be reached.', EXIT_CODES.unreachable);
    if (!(error instanceof DataDirectoryLockedError)) throw error;
    throw new CommandError(
      `The database is embedded in ${dataDir} and a running gateway has it open (${error.message}) ` +
        'Stop the gateway, run this command, and start it again. With DATABASE_URL it need not be stopped.',
    );
  });
  return await work(database);
}

const UNREACHABLE: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ECONNRESET',
]);

const isUnreachable = (error: unknown): boolean =>
  error instanceof Error && (('code' in error && UNREACHABLE.has(error.code)) || isUnreachable(error.cause));
