// node --conditions=@playgate/source packages/gateway/scripts/write-database-template.ts <path>
// Part of the build: the embedded database of a first start is unpacked from it instead of being initialised.
import { writeDatabaseTemplate } from '../src/store/sql/database-template.ts';

const path = process.argv[2];
if (path === undefined) throw new TypeError('usage: write-database-template.ts <path>');
await writeDatabaseTemplate(path);
