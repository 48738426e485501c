// Thousands of players who start in one second.
import { firstDelayMs, pacedDelayMs, retryDelayMs } from '../../../../packages/sdk/src/transport/backoff.ts';
import { atLeast, atMost, type Outcome } from '../finding.ts';
import type { Reply } from '../http-client.ts';
import { LONG_POLICY } from '../policy.ts';
import { type Scenario, wait } from '../scenario.ts';
import { Stage, type Suite } from '../stage.ts';

const STARTS = 3_000;
const STARTS_FULL = 10_000;
/** Verifying is another matter, and slow where the machine is: each player starts on several devices. */
const STARTS_OF_PLAYER = 5;
const AT_ONCE_MAX = 64;
/** Shorter ones leave less room to spread: what a busy machine holds up for a second would come again in a second. */
const INTERVAL_MS = 20_000;
const INTERVAL_FULL_MS = 30_000;
const INTERVALS_WATCHED = 1.5;
const PEAK_SHARE_MAX = 2;

export const startsTogether: Scenario = {
  name: 'starts-together',
  targets: [14],
  what: 'thousands of starts at the same second, beaten for at the pace of the SDK: no second afterwards has twice the mean of heartbeats',
  run: startTogether,
};

async function startTogether(suite: Suite): Promise<Outcome> {
  const intervalMs = suite.isFull ? INTERVAL_FULL_MS : INTERVAL_MS;
  const starts = suite.isFull ? STARTS_FULL : STARTS;
  const pace = { intervalMs, leaseMs: 3 * intervalMs, reviveMs: 300_000, shortLimitMs: 60_000 };
  await using stage = await Stage.open(suite, { pace });
  const tokens: string[] = [];
  await inTurns(starts / STARTS_OF_PLAYER, async (index) => {
    const { ageToken } = await stage.verify(`crowd-${index}`);
    for (let device = 0; device < STARTS_OF_PLAYER; device++) tokens.push(ageToken);
  });
  using crowd = new Crowd(stage);
  const startedAt = performance.now();
  await Promise.all(tokens.map((ageToken) => crowd.start(ageToken)));
  const startsMs = performance.now() - startedAt;
  crowd.watch();
  await wait(intervalMs * INTERVALS_WATCHED);
  const { failed, perSecond } = crowd.seen();
  const beats = perSecond.reduce((all, count) => all + count, 0);
  const mean = beats / perSecond.length;
  return {
    bounds: {
      peakOverMean: atMost(PEAK_SHARE_MAX),
      started: atLeast(starts),
      startsBroken: atMost(0),
    },
    measured: {
      peakOverMean: Math.max(...perSecond) / mean,
      startsMs,
      started: crowd.started,
      startsPutOff: crowd.putOff,
      startsBroken: crowd.broken.length,
      beatsFailedShare: failed / beats,
      beatsPerS: mean,
    },
    failures: crowd.broken.slice(0, 1),
    ...(!suite.isFull && {
      reduced: `${starts} starts, a heartbeat every ${intervalMs / 1_000} s; --full: 10,000, 30 s`,
    }),
  };
}

interface Beaten {
  readonly sessionId: string;
  readonly sessionToken: string;
  readonly nextHeartbeatMs: number;
}

interface SeenBeats {
  /** Of the whole seconds that were watched. */
  readonly perSecond: readonly number[];
  readonly failed: number;
}

/** Starts and heartbeats of many sessions, with the delays of the shipped SDK. */
class Crowd implements Disposable {
  started = 0;
  putOff = 0;
  /** Answers to starts that are neither a session nor a wish to be asked later. */
  readonly broken: string[] = [];
  readonly #stage: Stage;
  #perSecond: number[] = [];
  #failed = 0;
  #watchedSince = performance.now();
  #isOver = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** What is seen is of the time from now on. */
  watch(): void {
    this.#perSecond = [];
    this.#failed = 0;
    this.#watchedSince = performance.now();
  }

  seen(): SeenBeats {
    const seconds = Math.floor((performance.now() - this.#watchedSince) / MS_PER_S);
    const perSecond = Array.from({ length: seconds }, (_, second) => this.#perSecond[second] ?? 0);
    return { perSecond, failed: this.#failed };
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
  }

  async start(ageToken: string): Promise<void> {
    const { client, publishableKey } = this.#stage;
    for (let failures = 1; !this.#isOver; failures++) {
      const reply = await client.post('/v1/sessions', publishableKey, { ageToken, gameId: LONG_POLICY });
      if (reply.status === 201) {
        this.started += 1;
        void this.#beat(reply.body as Beaten);
        return;
      }
      this.putOff += 1;
      if (!isPutOff(reply)) this.broken.push(`a start was answered with ${reply.status} ${JSON.stringify(reply.body)}`);
      await wait(retryDelayMs(failures, retryAfterMsOf(reply), Math.random()));
    }
  }

  async #beat({ nextHeartbeatMs, sessionId, sessionToken }: Beaten): Promise<void> {
    const path = `/v1/sessions/${sessionId}/heartbeats`;
    let delayMs = firstDelayMs(nextHeartbeatMs, Math.random());
    let failures = 0;
    for (let seq = 1; ; ) {
      // By when it was due: a second in which this process was late is none of the crowd's.
      const dueAt = performance.now() + delayMs;
      await wait(delayMs);
      if (this.#isOver) return;
      const second = Math.floor((dueAt - this.#watchedSince) / MS_PER_S);
      this.#perSecond[second] = (this.#perSecond[second] ?? 0) + 1;
      const reply = await this.#stage.client.post(path, sessionToken, { seq, state: 'active' });
      if (reply.status === 200) {
        [seq, failures] = [seq + 1, 0];
        delayMs = pacedDelayMs((reply.body as Beaten).nextHeartbeatMs, Math.random());
      } else {
        this.#failed += 1;
        delayMs = retryDelayMs(++failures, retryAfterMsOf(reply), Math.random());
      }
    }
  }
}

const MS_PER_S = 1_000;
const DENIED_FOR_NOW = 'ledger_unavailable';

const retryAfterMsOf = ({ retryAfterS }: Reply): number | null =>
  retryAfterS === null ? null : retryAfterS * MS_PER_S;

/** No answer at all is the network's: a listening socket has only so many places. */
function isPutOff({ body, status }: Reply): boolean {
  if (status === 200) return (body as { readonly reason?: string }).reason === DENIED_FOR_NOW;
  return status === 0 || status === 503 || status === 429;
}

async function inTurns(count: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const runSome = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE_MAX }, runSome));
}
