// What redis-benchmark does, for a script that needs numbers and instants that rise: its random numbers could fill neither, and
// a beat that comes at the instant of the one before it adds nothing and costs half.
import { once } from 'node:events';
import { connect } from 'node:net';
import { BEAT_REPLY_LENGTH } from '../../../../packages/gateway/src/store/redis/script-arguments.ts';
import type { Counted } from './http-load.ts';
import type { PipelinedCommand, PipelinedLoad } from './messages.ts';
import { nextSeq } from './next-seq.ts';
import { SEQ_LENGTH } from './workload.ts';

/** Every answer of the script begins so. */
const ANSWER_STARTS = `*${BEAT_REPLY_LENGTH}\r\n`;
/** A beat that was not taken is less work. Two of one session that overtake each other on two connections are so. */
const NOT_TAKEN = /\r\n(?:repeated|stale|not_found)\r\n/g;
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
    failed += text.match(NOT_TAKEN)?.length ?? 0;
    let from = 0;
    for (let at = text.indexOf(ANSWER_STARTS); at >= 0; at = text.indexOf(ANSWER_STARTS, from)) {
      from = at + ANSWER_STARTS.length;
      waiting -= 1;
      answered += 1;
    }
    // The start of an answer may come in two pieces.
    rest = text.slice(Math.max(from, text.length - ANSWER_STARTS.length + 1));
    if (waiting === 0 && text.endsWith('\r\n')) {
      rest = '';
      sendNext();
    }
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
