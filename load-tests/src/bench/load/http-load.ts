// The two models of load over HTTP.
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../statistics.ts';
import { Arrivals } from './arrivals.ts';
import { type HttpAnswer, HttpConnection } from './http-connection.ts';
import type { ClosedLoad, LoadResult, OnceLoad, OpenLoad } from './messages.ts';
import { nextSeq } from './next-seq.ts';
import type { Workload } from './workload.ts';

/** Timers are no finer. */
const TICK_MS = 1;
const FAILURE_LENGTH_MAX = 500;

export type Counted = Omit<LoadResult, 'durationMs' | 'generatorCores'>;

class Answers {
  answered = 0;
  failed = 0;
  firstFailure: string | null = null;
  readonly #workload: Pick<Workload, 'expect' | 'reject'>;

  constructor(workload: Pick<Workload, 'expect' | 'reject'>) {
    this.#workload = workload;
  }

  count({ body, status }: HttpAnswer): void {
    this.answered += 1;
    const { expect, reject } = this.#workload;
    const isRight = body.includes(expect) && (reject === undefined || !body.includes(reject));
    if (status >= 200 && status < 300 && isRight) return;
    this.failed += 1;
    this.firstFailure ??= `${status} ${body}`.slice(0, FAILURE_LENGTH_MAX);
  }
}

async function openConnections(load: { connections: number; port: number }, onLost: (error: Error) => void) {
  return Promise.all(Array.from({ length: load.connections }, () => HttpConnection.open(load.port, onLost)));
}

export async function runClosed(load: ClosedLoad | OnceLoad, workload: Workload): Promise<Counted> {
  const answers = new Answers(workload);
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const connections = await openConnections(load, reject);
  const endsAt = load.kind === 'closed' ? performance.now() + load.durationMs : Number.POSITIVE_INFINITY;
  let left = load.kind === 'closed' ? Number.POSITIVE_INFINITY : workload.size;
  const drive = (connection: HttpConnection) =>
    new Promise<void>((resolve) => {
      const sendNext = () => {
        if (left-- <= 0 || performance.now() >= endsAt) return resolve();
        connection.send(workload.next(nextSeq()), (answer) => {
          answers.count(answer);
          sendNext();
        });
      };
      sendNext();
    });
  await Promise.race([Promise.all(connections.map(drive)), lost]);
  for (const connection of connections) connection.close();
  return { answered: answers.answered, failed: answers.failed, firstFailure: answers.firstFailure, latency: null };
}

export async function runOpen(load: OpenLoad, workload: Workload): Promise<Counted> {
  const answers = new Answers(workload);
  let lost: Error | null = null;
  const free = await openConnections(load, (error) => {
    lost = error;
  });
  const all = [...free];
  const arrivals = new Arrivals({ startsAt: performance.now(), ...load });
  const send = () => {
    while (free.length > 0) {
      const dueAt = arrivals.take();
      if (dueAt === undefined) return;
      const connection = free.pop()!;
      connection.send(workload.next(nextSeq()), (answer) => {
        arrivals.answered(dueAt, performance.now());
        answers.count(answer);
        free.push(connection);
        send();
      });
    }
  };
  while (!arrivals.isOver) {
    if (lost !== null) throw lost;
    arrivals.advance(performance.now());
    send();
    await sleep(TICK_MS);
  }
  for (const connection of all) connection.close();
  const sorted = Float64Array.from(arrivals.latenciesMs).sort();
  const late = Float64Array.from(arrivals.lateMs).sort();
  const latency = { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), lateP99: quantile(late, 0.99) };
  return { answered: answers.answered, failed: answers.failed, firstFailure: answers.firstFailure, latency };
}
