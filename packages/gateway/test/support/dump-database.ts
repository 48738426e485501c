import { sql } from 'kysely';
import type { Database } from '../../src/store/sql/open-database.ts';

/** `table.column`. */
export type Column = `${string}.${string}`;

/** Every row of every table, a line each; bytes stand as text, so that plain text in a blob would show. */
export async function dumpDatabase({ db }: Pick<Database, 'db'>, except: readonly Column[] = []): Promise<string> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db);
  const lines: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    for (const row of rows) {
      const kept = Object.entries(row).filter(([column]) => !except.includes(`${name}.${column}`));
      const cells = kept.map(([, cell]) =>
        cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : JSON.stringify(cell),
      );
      lines.push(`${name} ${cells.join(' ')}`);
    }
  }
  return lines.join('\n');
}
