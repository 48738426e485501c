// node run.ts <module> ...: runs each in turn, then the check of what was given, and ends with 1 when one of them threw.
import path from 'node:path';

async function runAll(files: readonly string[]): Promise<void> {
  for (const file of files) {
    try {
      const { check, run } = await import(path.resolve(file));
      await (run ?? check)?.();
    } catch (error) {
      console.error(`${path.basename(file)}:`, error);
      process.exitCode = 1;
    }
  }
  // Sessions and heartbeats that a snippet leaves running, and the gateway.
  process.exit();
}

await runAll(process.argv.slice(2));
