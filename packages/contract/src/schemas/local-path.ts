// A place on this gateway that a browser may be sent to: never anything that a browser could take for another host.
import * as z from 'zod';
import { RETURN_TO_LENGTH_MAX } from '../limits.ts';

/** Visible ASCII without backslash, which browsers read as a slash; tabs and line ends they would drop are none of it. */
const PATH = /^\/(?!\/)[!-[\]-~]*$/;
/** Any origin does: only whether it stays the same matters. */
const ORIGIN = 'https://gateway.invalid';

export const localPath = z
  .string()
  .max(RETURN_TO_LENGTH_MAX)
  .regex(PATH, 'must be a path that begins with one slash')
  .refine(staysHere, 'must be a path that begins with one slash')
  .meta({ examples: ['/console'] });

/** Also once its dot segments are resolved, by whom ever: `/..//host` becomes `//host`. */
function staysHere(path: string): boolean {
  if (!URL.canParse(path, ORIGIN)) return false;
  const { origin, pathname } = new URL(path, ORIGIN);
  return origin === ORIGIN && !pathname.startsWith('//');
}
