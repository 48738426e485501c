// Prints what each scenario needs, as a table or as one JSON line each (--json), or writes the tables of docs/capacity.md (--write).
import { writeDocument } from './document.ts';
import { constantsTable, PLANS, plansTable } from './tables.ts';

if (process.argv.includes('--write')) writeDocument();
else if (process.argv.includes('--json')) {
  for (const [scenario, plan] of PLANS) process.stdout.write(`${JSON.stringify({ scenario, ...plan })}\n`);
} else process.stdout.write(`${[...constantsTable(), '', ...plansTable()].join('\n')}\n`);
