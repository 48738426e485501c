// `demo.json` of the data directory: how a visitor, a script or the next start finds the demo.
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RATINGS } from '@playgate/policy';
import * as z from 'zod';

/** It holds a secret key and the operator's token. */
const OWNER_ONLY = 0o600;

const demoFile = z.strictObject({
  baseUrl: z.string(),
  adminToken: z.string(),
  providerId: z.string(),
  secretKey: z.string(),
  publishableKey: z.string(),
  games: z.array(z.strictObject({ gameId: z.string(), title: z.string(), rating: z.enum(RATINGS) })),
  players: z.array(z.strictObject({ playerRef: z.string(), playerId: z.string(), note: z.string() })),
  /** Absent in files of earlier versions, as is `regulatorKey`. */
  agent: z.strictObject({ agentId: z.string(), agentKey: z.string(), province: z.string() }).optional(),
  regulatorKey: z.string().optional(),
});

export type DemoFile = z.output<typeof demoFile>;
/** An internet café to look into, and who may. */
export interface DemoCafe {
  readonly agent: NonNullable<DemoFile['agent']>;
  readonly regulatorKey: string;
}

const pathIn = (dataDir: string) => path.join(dataDir, 'demo.json');

/** `damaged`: there is a file, and it is not one of ours. */
export function readDemoFile(dataDir: string): DemoFile | 'absent' | 'damaged' {
  let text: string;
  try {
    text = readFileSync(pathIn(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
  try {
    return demoFile.parse(JSON.parse(text));
  } catch {
    return 'damaged';
  }
}

/** Keeps a file that cannot be used under another name, which is returned. */
export function setDemoFileAside(dataDir: string, realNow: number): string {
  const aside = `${pathIn(dataDir)}.${realNow}.bak`;
  renameSync(pathIn(dataDir), aside);
  return aside;
}

/** Whole or not at all, and done when it returns: no request is answered in between. */
export function writeDemoFile(dataDir: string, file: DemoFile): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${pathIn(dataDir)}.${process.pid}.draft`;
  const handle = openSync(draft, 'w', OWNER_ONLY);
  try {
    // The mode given to open holds for new files only.
    chmodSync(draft, OWNER_ONLY);
    writeFileSync(handle, `${JSON.stringify(file, null, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, pathIn(dataDir));
}
