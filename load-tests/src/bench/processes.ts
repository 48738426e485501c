// Programs that the benchmark starts: what they cost and how they end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const ROOT = path.resolve(import.meta.dirname, '../../..');
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
const POLL_MS = 5;
const ERROR_LENGTH_MAX = 4_000;
/** What Linux counts processor time in, on every common kernel. */
const TICKS_PER_S = 100;
const BYTES_PER_KB = 1024;

const running = new Set<ChildProcess>();
// However this process ends, it leaves none behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program of ours; its end is waited for. */
export class Program implements AsyncDisposable {
  readonly child: ChildProcess;
  errors = '';

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.add(this.child);
    this.child.once('exit', () => running.delete(this.child));
    this.child.stderr!.on('data', (chunk) => {
      this.errors = (this.errors + chunk).slice(-ERROR_LENGTH_MAX);
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.child, (signal) => this.child.kill(signal));
  }
}

/** Asks first, and then not any more. */
export async function end(child: ChildProcess, kill: (signal: NodeJS.Signals) => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  kill('SIGTERM');
  const late = setTimeout(() => kill('SIGKILL'), STOP_MS_MAX);
  await exited;
  clearTimeout(late);
}

/** Waits for a fact. Throws an Error with what the program last said when it has ended or takes too long. */
export async function until(
  what: string,
  isTrue: () => Promise<boolean>,
  program: Program | null = null,
): Promise<void> {
  const deadline = performance.now() + START_MS_MAX;
  while (!(await isTrue().catch(() => false))) {
    if (performance.now() > deadline || program?.hasEnded) {
      throw new Error(`${what} did not come up: ${program?.errors ?? ''}`);
    }
    await sleep(POLL_MS);
  }
}

export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  return true;
}

/** Processor seconds of a process with its threads so far; null where the system does not tell. */
export function cpuSecondsOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program is the second field and may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  } catch {
    return null;
  }
}

/** Resident memory now and at its highest, in bytes. Throws an Error where the system does not tell. */
export function memoryOf(pid: number): { readonly rss: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * BYTES_PER_KB;
  return { rss: read('VmRSS'), peak: read('VmHWM') };
}
