// The process that makes the load, so that what is measured shares no event loop with it. It is told what to do by messages.
import { readFile } from 'node:fs/promises';
import { type Counted, runClosed, runOpen } from './http-load.ts';
import type { Load, LoadReply, LoadResult, PipelinedCommand } from './messages.ts';
import { runPipelined } from './pipelined-load.ts';
import { Workload, type WorkloadFile } from './workload.ts';

const workloads = new Map<string, Promise<unknown>>();

/** A file is read once: the requests of later loads go on where those before them ended. */
function workloadOf<Made>(file: string, make: (content: never) => Made): Promise<Made> {
  const known = workloads.get(file) ?? readFile(file, 'utf8').then((text) => make(JSON.parse(text) as never));
  workloads.set(file, known);
  return known as Promise<Made>;
}

const httpWorkload = (file: string) => workloadOf(file, (content: WorkloadFile) => new Workload(content));

async function prepare(load: Load): Promise<() => Promise<Counted>> {
  if (load.kind === 'pipelined') {
    const commands = await workloadOf(load.workload, (content: readonly PipelinedCommand[]) => content);
    return () => runPipelined(load, commands);
  }
  const workload = await httpWorkload(load.workload);
  return () => (load.kind === 'open' ? runOpen(load, workload) : runClosed(load, workload));
}

async function run(load: Load): Promise<LoadResult> {
  const start = await prepare(load);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const counted = await start();
  const durationMs = performance.now() - startedAt;
  const { system, user } = process.cpuUsage(cpuBefore);
  return { ...counted, durationMs, generatorCores: (system + user) / 1000 / durationMs };
}

process.on('message', async (load: Load) => {
  const reply: LoadReply = await run(load).then(
    (result) => ({ result }),
    (error: Error) => ({ error: error.stack ?? error.message }),
  );
  process.send!(reply);
});
process.on('disconnect', () => process.exit(0));
