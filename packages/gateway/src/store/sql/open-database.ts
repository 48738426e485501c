import { Kysely, PostgresDialect, sql } from 'kysely';
import { type DatabaseError, Pool, type PoolClient, TypeOverrides, types } from 'pg';
import { DatabaseUnavailableError } from '../../directory/database-unavailable.ts';
import { DatabaseWatch, type PoolUse } from './database-watch.ts';
import { openDirectoryDatabase, openMemoryDatabase } from './embedded-database.ts';
import { migrateToLatest } from './migrate.ts';
import { preparedName } from './prepared.ts';
import type { Schema } from './schema.ts';

/** A gateway's share of the server's connections; point queries keep each busy well below a millisecond. */
const CONNECTIONS_MAX = 10;
/** Who waits longer for a connection is refused: a crowd would have each of its requests wait for ever longer. */
const CONNECT_MS_MAX = 2_000;
/** Above any query of the request path and above a wait for another gateway's migrations. */
const QUERY_MS_MAX = 30_000;
export const PING_MS_MAX = 2_000;

export type DatabaseOptions =
  /** `postgres://...`; `onIdleError` hears of connections lost while nobody used them. */
  | { readonly databaseUrl: string; readonly onIdleError?: ((error: Error) => void) | undefined }
  /** Embedded, under `<dataDir>/postgres`. `templatePath`: a dump to start from instead of the bundled one. */
  | { readonly dataDir: string; readonly templatePath?: string | undefined }
  /** Embedded, gone at the end. */
  | { readonly inMemory: true; readonly templatePath?: string | undefined };

export interface Database {
  readonly db: Kysely<Schema>;
  readonly kind: 'postgresql' | 'embedded';
  readonly watch: DatabaseWatch;
  /** How the connections are used; null: there is one, embedded. */
  poolUse(): PoolUse | null;
  /** Rejects when the database does not answer within PING_MS_MAX. */
  ping(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens the database and, unless `migrates` is false, brings its schema to the newest version. Throws DataDirectoryLockedError, or why it cannot. */
export async function openDatabase({
  migrates = true,
  ...options
}: DatabaseOptions & { readonly migrates?: boolean }): Promise<Database> {
  const opened = await open(options);
  try {
    if (migrates) await migrateToLatest(opened.db);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return {
    ...opened,
    ping: () => ping(opened.db),
    [Symbol.asyncDispose]: opened.close,
  };
}

async function open(options: DatabaseOptions): Promise<Omit<Database, 'ping' | typeof Symbol.asyncDispose>> {
  const watch = new DatabaseWatch();
  if ('databaseUrl' in options) return openPostgres(options.databaseUrl, watch, options.onIdleError);
  const { db, close } =
    'dataDir' in options
      ? await openDirectoryDatabase(options.dataDir, options.templatePath, watch)
      : await openMemoryDatabase(options.templatePath, watch);
  return { db, close, kind: 'embedded', watch, poolUse: () => null };
}

function openPostgres(databaseUrl: string, watch: DatabaseWatch, onIdleError: ((error: Error) => void) | undefined) {
  const integers = new TypeOverrides(types);
  // Instants are stored as bigint and stay far below 2^53; the driver's default is text.
  integers.setTypeParser(types.builtins.INT8, Number);
  const pool = new Pool({
    connectionString: databaseUrl,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: QUERY_MS_MAX,
    application_name: 'playgate',
    types: integers,
  });
  // Without a listener a lost idle connection would end the process; the next query reconnects.
  pool.on('error', (error) => onIdleError?.(error));
  // Nor may one that is lost between two statements of a transaction: the next of them rejects.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    nameStatements(client);
  });
  const connect = () =>
    pool.connect().catch((error: Error) => {
      throw new DatabaseUnavailableError(error.message, { cause: error });
    });
  const dialect = new PostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } });
  const db = new Kysely<Schema>({ dialect, log: watch.log });
  const poolUse = () => ({
    busy: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  });
  return { db, kind: 'postgresql' as const, watch, poolUse, close: () => db.destroy() };
}

type Query = (statement: unknown, values?: unknown) => Promise<unknown>;

/**
 * What is said of a prepared statement that is not there, or is there under that name already, as behind a pooler that does not carry them;
 * and of one whose result is another since a migration.
 */
const UNPREPARED: ReadonlySet<unknown> = new Set(['26000', '42P05', '0A000']);

/** Changes the connection: what the query builder gives it as a text alone is prepared under its name. */
function nameStatements(client: PoolClient): void {
  const query = client.query.bind(client) as unknown as Query;
  const queryByName = async (name: string, text: string, values: unknown) => {
    try {
      return await query({ name, text, values });
    } catch (error) {
      if (!UNPREPARED.has((error as DatabaseError).code)) throw error;
      return query(text, values);
    }
  };
  const queryPrepared: Query = (statement, values) => {
    const name = typeof statement === 'string' ? preparedName(statement) : null;
    return name === null ? query(statement, values) : queryByName(name, statement as string, values);
  };
  client.query = queryPrepared as typeof client.query;
}

async function ping(db: Kysely<Schema>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`database silent for ${PING_MS_MAX} ms`)), PING_MS_MAX);
  });
  try {
    await Promise.race([sql`select 1`.execute(db), late]);
  } finally {
    clearTimeout(timer);
  }
}
