// Looks at what was built: how heavy the script-tag builds are, and that nothing came along that a browser lacks or a
// developer would have to install. Run after the build; fails with a line per fault.
import { readdirSync, readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync } from 'node:zlib';

/** Script-tag builds over the wire: the whole core in the browser's form, and what a page may add to it. */
const BROTLI_BYTES_MAX = {
  'playgate.global.js': 8_000,
  'playgate-overlay.global.js': 6_000,
  'playgate-tabs.global.js': 4_000,
} as const;
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
const faults = [...built.flatMap(faultsOf), ...globalBuildFaults()];
for (const [name, bytesMax] of Object.entries(BROTLI_BYTES_MAX)) {
  const bytes = brotliCompressSync(read(name)).length;
  if (bytes > bytesMax) faults.push(`${name} is ${bytes} bytes, more than ${bytesMax}`);
  console.log(`${name}: ${bytes} of ${bytesMax} bytes (brotli)`);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
