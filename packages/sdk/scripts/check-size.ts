// Looks at what was built: how heavy the script-tag build is, and that nothing came along that a browser lacks or a
// developer would have to install. Run after the build; fails with a line per fault.
import { readdirSync, readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync } from 'node:zlib';

/** The whole core, in the browser's form, over the wire. */
const CORE_BROTLI_BYTES_MAX = 8_000;
const DIST = new URL('../dist/', import.meta.url);
const GLOBAL_BUILD = 'playgate.global.js';
/** Of Node or of a schema library; `__require` is what the bundler writes for a module it could not take in. */
const FOREIGN = [/\bzod\b/i, /['"]node:/, /\brequire\(/, /__require/, /\bprocess\./, /\bBuffer\b/];
const IMPORT_FROM_OUTSIDE = /\bfrom\s*['"](?!\.)/;

function read(name: string): string {
  return readFileSync(new URL(name, DIST), 'utf8');
}

function faultsOf(name: string): string[] {
  const text = read(name);
  const faults = FOREIGN.filter((pattern) => pattern.test(text)).map((pattern) => `${name} contains ${pattern}`);
  return IMPORT_FROM_OUTSIDE.test(text) ? [...faults, `${name} imports another package`] : faults;
}

/** A page has no more than this before the game's own code runs. */
function globalBuildFaults(): string[] {
  const page = runInNewContext(`${read(GLOBAL_BUILD)}\n;Playgate`, { document: {}, window: {} });
  return typeof page.createPlayGuard === 'function' ? [] : [`${GLOBAL_BUILD} does not offer Playgate.createPlayGuard`];
}

const built = readdirSync(DIST).filter((name) => /\.(js|d\.ts)$/.test(name));
const bytes = brotliCompressSync(read(GLOBAL_BUILD)).length;
const faults = [...built.flatMap(faultsOf), ...globalBuildFaults()];
if (bytes > CORE_BROTLI_BYTES_MAX) faults.push(`${GLOBAL_BUILD} is ${bytes} bytes, more than ${CORE_BROTLI_BYTES_MAX}`);

console.log(`${GLOBAL_BUILD}: ${bytes} of ${CORE_BROTLI_BYTES_MAX} bytes (brotli)`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
