// Minors in the ledger by the hundred thousand, through the real scripts in pipelined batches.
import { Redis } from 'ioredis';
import { newId } from '../../../../packages/gateway/src/directory/new-id.ts';
import { KEEP_AFTER_DAY_MS } from '../../../../packages/gateway/src/sessions/session-store.ts';
import { parseWorldName } from '../../../../packages/gateway/src/sessions/stream-entry.ts';
import * as keys from '../../../../packages/gateway/src/store/redis/keys.ts';
import { beatText } from '../../../../packages/gateway/src/store/redis/script-arguments.ts';
import { openSession, recordHeartbeats } from '../../../../packages/gateway/src/store/redis/scripts.generated.ts';
import { INTERVALS_PER_ACCOUNT_MAX } from '../../../../packages/policy/src/index.ts';
import { RECORDED_BYTE } from '../baselines/beat-call.ts';
import type { StartTemplate } from './start-template.ts';

const BATCH = 1_000;
const PARTITIONS = keys.PARTITIONS_DEFAULT;
/** Where ARGV of open_session.lua has what differs from start to start. */
const NOW_AT = 5;
const PERSON_AT = 7;
const PLAYER_AT = 8;
/** Empty: the days of seeded minors are known whole, for nothing was lost. */
const REAL_TIME_AT = 30;
/** Of the play of a minor that has left. */
const PLAYED_MS = 600_000;
/** From one beat to the next; within every lease. */
const BEAT_MS = 30_000;

export interface SeededSession {
  readonly sessionId: string;
  readonly sessionKey: string;
  readonly personId: string;
  readonly playerId: string;
}

type BeatKind = 'active' | 'paused' | 'close';
type ScriptCommand = (...args: readonly (string | number)[]) => Promise<readonly unknown[]>;
type SeedRedis = Redis & { readonly openSession: ScriptCommand; readonly recordHeartbeatsBuffer: ScriptCommand };
const SCRIPTS = { openSession: { lua: openSession, numberOfKeys: 5 }, recordHeartbeats: { lua: recordHeartbeats } };
/** Beats of one script call. */
const BEATS_PER_CALL = 64;
/** Calls whose answers are waited for at once. */
const CALLS_TOGETHER = 10;

export class LedgerSeed implements Disposable {
  readonly #template: StartTemplate;
  readonly #redis: SeedRedis;

  constructor(redisUrl: string, template: StartTemplate) {
    this.#template = template;
    this.#redis = new Redis(redisUrl, { scripts: SCRIPTS }) as SeedRedis;
  }

  /** Sessions of minors who play now, one each. */
  async open(count: number): Promise<readonly SeededSession[]> {
    const opened: SeededSession[] = [];
    while (opened.length < count) {
      const batch = Array.from({ length: Math.min(BATCH, count - opened.length) }, newMinor);
      await this.#openAll(batch, Date.now());
      opened.push(...batch);
      await this.#forgetEntries();
    }
    return opened;
  }

  /** Minors who have played today and left. */
  async playAndLeave(count: number): Promise<readonly SeededSession[]> {
    const left: SeededSession[] = [];
    for (let done = 0; done < count; done += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, count - done) }, newMinor);
      const startedAt = Date.now() - PLAYED_MS;
      await this.#openAll(batch, startedAt);
      await this.#beat(batch, 'active', startedAt + BEAT_MS);
      await this.#beat(batch, 'close', startedAt + 2 * BEAT_MS);
      await this.#forgetEntries();
      left.push(...batch);
    }
    return left;
  }

  /** Minors whose day has so many stretches of play with pauses between, in one game. */
  async playStretches(count: number, stretches: number): Promise<readonly SeededSession[]> {
    const minors = Array.from({ length: count }, newMinor);
    const openedAt = Date.now();
    await this.#openAll(minors, openedAt);
    for (let stretch = 0; stretch < stretches; stretch++) {
      await this.#beat(minors, 'paused', openedAt + (2 * stretch + 1) * BEAT_MS);
      await this.#beat(minors, 'active', openedAt + (2 * stretch + 2) * BEAT_MS);
    }
    await this.#forgetEntries();
    return minors;
  }

  async #openAll(minors: readonly SeededSession[], now: number): Promise<void> {
    const replies = await Promise.all(minors.map((minor) => this.#redis.openSession(...this.#startOf(minor, now))));
    const refused = replies.find(([status]) => status !== 'opened');
    if (refused !== undefined) throw new Error(`a start was answered ${refused}`);
  }

  #startOf({ personId, playerId, sessionKey }: SeededSession, now: number): readonly (string | number)[] {
    const partition = keys.partitionName(keys.partitionOfPerson(personId, PARTITIONS));
    const values: (string | number)[] = [...this.#template.values];
    values[NOW_AT] = now;
    values[PERSON_AT] = personId;
    values[PLAYER_AT] = playerId;
    values[REAL_TIME_AT] = '';
    return [
      sessionKey,
      keys.openSessionsKey(partition, personId),
      keys.streamKey(partition),
      keys.leasesKey(partition, this.#template.world),
      keys.worldsKey(partition),
      ...values,
    ];
  }

  /**
   * Beats of sessions in real time, in calls of so many. Some calls are sent together, and the next when all are answered: Redis works on
   * them while nothing else does. How many beats there were.
   */
  async beatTogether(sessions: readonly SeededSession[], beatsPerCall: number, durationMs: number): Promise<number> {
    const endsAt = performance.now() + durationMs;
    let beats = 0;
    let from = 0;
    const callNext = () => {
      const some = sessions.slice(from, from + beatsPerCall);
      from = (from + beatsPerCall) % sessions.length;
      return this.#call(some, 'active', Date.now());
    };
    while (performance.now() < endsAt) {
      const replies = (await Promise.all(Array.from({ length: CALLS_TOGETHER }, callNext))).flat();
      assertRecorded(replies);
      beats += replies.length;
    }
    return beats;
  }

  async #beat(minors: readonly SeededSession[], kind: BeatKind, now: number): Promise<void> {
    const calls = [];
    for (let from = 0; from < minors.length; from += BEATS_PER_CALL) {
      calls.push(this.#call(minors.slice(from, from + BEATS_PER_CALL), kind, now));
    }
    assertRecorded((await Promise.all(calls)).flat());
  }

  #call(minors: readonly SeededSession[], kind: BeatKind, now: number): Promise<readonly unknown[]> {
    const close = kind === 'close' ? { reason: 'quit', clientEndedAt: null, verdictSeq: null } : null;
    const world = parseWorldName(this.#template.world);
    // Without a number a beat is never taken for a repeated one.
    const beat = beatText({ sessionId: '', world, seq: null, kind, now, pace: 1, renewal: null, close });
    const sessionKeys = minors.map(({ sessionKey }) => sessionKey);
    const values = [KEEP_AFTER_DAY_MS, INTERVALS_PER_ACCOUNT_MAX, ...sessionKeys.map(() => beat)];
    return this.#redis.recordHeartbeatsBuffer(sessionKeys.length, ...sessionKeys, ...values);
  }

  /** As if the event pump had moved them: what is measured is the ledger, not the way of a hundred thousand starts to SQL. */
  async #forgetEntries(): Promise<void> {
    const trims = this.#redis.pipeline();
    for (let index = 0; index < PARTITIONS; index++)
      trims.xtrim(keys.streamKey(keys.partitionName(index)), 'MAXLEN', 0);
    await trims.exec();
  }

  [Symbol.dispose](): void {
    this.#redis.disconnect();
  }
}

function assertRecorded(replies: readonly unknown[]): void {
  for (const reply of replies as readonly Buffer[]) {
    if (String.fromCharCode(reply[0] ?? 0) !== RECORDED_BYTE) throw new Error(`a beat was answered ${reply}`);
  }
}

function newMinor(): SeededSession {
  const personId = newId('person');
  const partition = keys.partitionOfPerson(personId, PARTITIONS);
  const sessionId = keys.newSessionId(partition);
  const sessionKey = keys.sessionKeyPrefix(keys.partitionName(partition)) + sessionId;
  return { sessionId, sessionKey, personId, playerId: newId('player') };
}
