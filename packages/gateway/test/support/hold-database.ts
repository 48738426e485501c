// A process that opens the embedded database of the directory it is given, writes a provider, and stays.
import { openDatabase } from '../../src/store/sql/open-database.ts';
import { SqlProviders } from '../../src/store/sql/sql-providers.ts';

const [dataDir, templatePath] = process.argv.slice(2);
const { db } = await openDatabase({ dataDir: dataDir!, templatePath });
const { providerId } = await new SqlProviders(db).create('held', 0);
process.stdout.write(`${providerId}\n`);
