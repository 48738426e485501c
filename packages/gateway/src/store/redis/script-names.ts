// Names of the scripts by what a command carries of them, for figures and traces.
import { createHash } from 'node:crypto';
import * as scripts from './scripts.generated.ts';

/** SHA-1 of a script -> the name of its file. */
export const SCRIPT_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(scripts).map(([name, text]) => [sha1(text), snakeCase(name)]),
);

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
