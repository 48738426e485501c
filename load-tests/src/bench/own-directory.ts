import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Everything temporary lies in one directory, that of the children too, and goes with this process however it ends. */
export function useOwnDirectory(): void {
  const home = mkdtempSync(path.join(tmpdir(), 'playgate-bench-'));
  // PostgreSQL runs under another user where this runs as root.
  chmodSync(home, 0o755);
  process.env.TMPDIR = home;
  process.on('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
}
