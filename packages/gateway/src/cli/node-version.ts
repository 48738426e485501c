// Which Node the program needs. Older ones do not know `import.meta.main`: they would load it, do nothing and end with 0.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The first with `import.meta.main`; `engines` of package.json says the same. */
export const NODE_MIN = { major: 24, minor: 2 } as const;

/** A line for a person; null: this Node runs it. `version` as in `process.versions.node`. */
export function nodeProblemOf(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor)) return null;
  return `playgate needs Node.js ${NODE_MIN.major}.${NODE_MIN.minor} or newer; this is ${version}.`;
}

/** Whether a module (its `import.meta.url`) is the one that Node was started with (`process.argv[1]`), told without `import.meta.main`. */
export function isStarted(moduleUrl: string, script: string | undefined): boolean {
  if (script === undefined) return false;
  try {
    return realpathSync(script) === realpathSync(fileURLToPath(moduleUrl));
  } catch {
    return false;
  }
}
