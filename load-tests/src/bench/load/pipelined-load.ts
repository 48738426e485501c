// What redis-benchmark does, for a script that needs numbers and instants that rise: its random numbers could fill neither, and
// a beat that comes at the instant of the one before it adds nothing and costs half.
import { once } from 'node:events';
import { connect } from 'node:net';
import { RECORDED_BYTE } from '../baselines/beat-call.ts';
import type { Counted } from './http-load.ts';
import type { PipelinedCommand, PipelinedLoad } from './messages.ts';
import { nextSeq } from './next-seq.ts';
import { SEQ_LENGTH } from './workload.ts';

/** Every answer of the script begins so: one beat, its length, its first byte. */
const ANSWER_STARTS = /\*1\r\n\$(\d+)\r\n/y;
const LINE_END = 2;
const ERROR_STARTS = '-';
const ERROR_LENGTH_MAX = 500;

interface Driven {
  readonly answered: number;
  readonly failed: number;
}

let turn = 0;

function render(commands: readonly PipelinedCommand[], count: number): string {
  const now = Date.now();
  let text = '';
  for (let index = 0; index < count; index++) {
    const [start, middle, end] = commands[turn++ % commands.length]!;
    text += start + String(nextSeq()).padStart(SEQ_LENGTH, '0') + middle + now + end;
  }
  return text;
}

/** Sends a pipeline, and the next when all of it is answered, until `endsAt`. */
async function drive(load: PipelinedLoad, commands: readonly PipelinedCommand[], endsAt: number): Promise<Driven> {
  const socket = connect(load.port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const { promise, reject, resolve } = Promise.withResolvers<Driven>();
  let [answered, failed, waiting, rest] = [0, 0, 0, ''];
  const sendNext = () => {
    if (performance.now() >= endsAt) return resolve({ answered, failed });
    waiting = load.pipeline;
    socket.write(render(commands, load.pipeline), 'latin1');
  };
  socket.on('error', reject);
  socket.on('data', (chunk) => {
    const text = rest + chunk.toString('latin1');
    if (text.startsWith(ERROR_STARTS)) return reject(new Error(`Redis answered ${text.slice(0, ERROR_LENGTH_MAX)}`));
    let from = 0;
    for (;;) {
      ANSWER_STARTS.lastIndex = from;
      const [head, length] = ANSWER_STARTS.exec(text) ?? [];
      if (head === undefined || from + head.length + Number(length) + LINE_END > text.length) break;
      // A beat that was not taken is less work. Two of one session that overtake each other on two connections are so.
      if (text[from + head.length] !== RECORDED_BYTE) failed += 1;
      from += head.length + Number(length) + LINE_END;
      waiting -= 1;
      answered += 1;
    }
    rest = text.slice(from);
    if (waiting === 0) sendNext();
  });
  sendNext();
  return promise.finally(() => socket.destroy());
}

export async function runPipelined(load: PipelinedLoad, commands: readonly PipelinedCommand[]): Promise<Counted> {
  const endsAt = performance.now() + load.durationMs;
  const driven = await Promise.all(Array.from({ length: load.connections }, () => drive(load, commands, endsAt)));
  const failed = driven.reduce((sum, one) => sum + one.failed, 0);
  return {
    answered: driven.reduce((sum, one) => sum + one.answered, 0),
    failed,
    firstFailure: failed === 0 ? null : 'a beat was not taken',
    latency: null,
  };
}
