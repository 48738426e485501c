import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Instant, parseInstant } from '@playgate/policy';

const root = fileURLToPath(new URL('../../../vectors/', import.meta.url));

export function vectorFileNames(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).sort();
}

export function readVectorFile<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(root, folder, name), 'utf8')) as T;
}

export function instant(text: string): Instant {
  const at = parseInstant(text);
  if (at === null) throw new TypeError(`not an instant: ${text}`);
  return at;
}
