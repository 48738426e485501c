import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Load, LoadReply, LoadResult } from './messages.ts';

/** Of all answers; more makes a round worthless. A busy machine loses one now and then, which may be one of few. */
const FAILED_SHARE_MAX = 0.001;

/** The load process, one load at a time. */
export class LoadGenerator implements Disposable {
  readonly #child: ChildProcess = fork(path.join(import.meta.dirname, 'load-process.ts'), {
    execArgv: ['--conditions=@playgate/source'],
  });

  /** Throws an Error with the first wrong answer when there were too many of them. */
  async run(load: Load): Promise<LoadResult> {
    const { promise, resolve } = Promise.withResolvers<LoadReply>();
    const onExit = (code: number | null) => resolve({ error: `the process ended with ${code}` });
    this.#child.once('message', resolve).once('exit', onExit);
    this.#child.send(load);
    const reply = await promise;
    this.#child.off('message', resolve).off('exit', onExit);
    if ('error' in reply) throw new Error(`load: ${reply.error}`);
    const { answered, failed, firstFailure } = reply.result;
    if (failed === answered || failed > Math.max(1, answered * FAILED_SHARE_MAX)) {
      throw new Error(`${failed} of ${answered} answers were wrong: ${firstFailure}`);
    }
    return reply.result;
  }

  [Symbol.dispose](): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
