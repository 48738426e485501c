// A player of the shipped SDK in a process of its own, whose clock may be anything: it plays until it is ended or has played enough.
import { createPlayGuard } from '../../../packages/sdk/src/node.ts';

export interface PlayerTask {
  readonly gatewayUrl: string;
  readonly publishableKey: string;
  readonly gameId: string;
  readonly ageToken: string;
  /** After that it quits. */
  readonly playMs: number;
}

/** Instants of a clock that nobody sets. `reason`: of the end, once it has ended. */
export interface PlayerReport {
  readonly kind: 'started' | 'closed';
  readonly reason: string | null;
  readonly startSentAt: number;
  readonly startAnsweredAt: number;
  readonly endedAt: number;
  readonly closedAt: number;
}

const tell = (report: PlayerReport) => void process.send!(report);

async function play({ ageToken, playMs, ...options }: PlayerTask): Promise<void> {
  const startSentAt = performance.now();
  const started = await createPlayGuard(options).startSession({ ageToken });
  if (started.verdict === 'denied') throw new Error(started.reason);
  const startAnsweredAt = performance.now();
  const times = { startSentAt, startAnsweredAt, endedAt: startAnsweredAt, closedAt: startAnsweredAt };
  tell({ kind: 'started', reason: null, ...times });
  const { session } = started;
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  session.on('ended', (event) => resolve(event.reason));
  const enough = new Promise<'quit'>((enoughPlayed) => setTimeout(() => enoughPlayed('quit'), playMs));
  const reason = await Promise.race([ended, enough]);
  const endedAt = performance.now();
  await session.end('quit');
  tell({ kind: 'closed', reason, ...times, endedAt, closedAt: performance.now() });
  process.disconnect();
}

process.once('message', (task: PlayerTask) => void play(task));
