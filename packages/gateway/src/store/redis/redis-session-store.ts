// The ledger in Redis: translates the port's requests into script calls and their flat replies back.
import { INTERVALS_PER_ACCOUNT_MAX, type Instant, type Interval } from '@playgate/policy';
import { type Clock, systemClock } from '../../clock.ts';
import { isPersonId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import {
  type AgentSession,
  type Backlog,
  type BeatFailure,
  type BeatReply,
  type BeatRequest,
  byAge,
  CLOCK_SKEW_MS_MAX,
  type DayPlay,
  type DayRestore,
  type EndOrder,
  EXPIRE_COUNT_MAX,
  KEEP_AFTER_DAY_MS,
  LedgerUnavailableError,
  type MergeRequest,
  OPEN_SESSIONS_MAX,
  type OpenOutcome,
  type OpenRequest,
  type RefusedStart,
  type SessionRestore,
  type SessionStore,
  type StreamEntry,
} from '../../sessions/session-store.ts';
import { parseWorldName, refusedFields, worldName } from '../../sessions/stream-entry.ts';
import { Coalescer } from './coalescer.ts';
import * as keys from './keys.ts';
import { assertLayout } from './layout.ts';
import { INTERVALS_AT, unpackIntervals } from './packed-intervals.ts';
import { decodeBeat } from './packed-session.ts';
import { isCluster, primariesOf, type RedisClient } from './redis-client.ts';
import { scanKeys } from './scan-keys.ts';
import {
  beatText,
  decodeAgentSessions,
  decodeOpen,
  intervalArguments,
  orderText,
  pairUp,
  planArguments,
  restoreArguments,
} from './script-arguments.ts';

/** Of one partition of a cluster, of which there are many: items are twice what a healthy gateway has under way in all of them. */
const IN_PARTITION = { itemsWaitingMax: 2_000, callsUnderWayMax: 4 };
const READY_KEEP_MS = 60_000;
/** As the client says it. */
const CONNECTION_CLOSED = 'Connection is closed.';
/** In place of a provider's account (ledger.lua). */
const SAME_AS_GAME = '=';
/** In place of a partition. */
const ANYWHERE = '';

/** The commands that the client makes of our scripts (see redis-client.ts). */
interface ScriptCommands {
  openSession(...args: (string | number)[]): Promise<(string | number)[]>;
  recordHeartbeatsBuffer(...args: (string | number)[]): Promise<Buffer[]>;
  expireSessions(...args: (string | number)[]): Promise<[number, number]>;
  renewSessions(...args: (string | number)[]): Promise<number>;
  moveOut(...args: (string | number)[]): Promise<number>;
  listAgentSessions(...args: (string | number)[]): Promise<(string | number)[]>;
  mergeDay(...args: (string | number)[]): Promise<number>;
  restoreDay(...args: (string | number)[]): Promise<number>;
  restoreSession(...args: (string | number)[]): Promise<number>;
}

export interface RedisSessionStoreOptions {
  /** Profile of requests: fails fast, never resends. */
  readonly requests: RedisClient;
  /** Profile of background work. */
  readonly worker: RedisClient;
  readonly partitionCount?: number;
  readonly intervalsMax?: number;
  /** Real time. Default: the system's. */
  readonly clock?: Clock;
}

export class RedisSessionStore implements SessionStore {
  readonly partitions: readonly string[];
  private readonly requests: RedisClient & ScriptCommands;
  private readonly worker: RedisClient & ScriptCommands;
  private readonly partitionCount: number;
  private readonly intervalsMax: number;
  private readonly clock: Clock;
  /** By partition on a cluster, where a call goes to one slot and fails without the others; else one for all. */
  private readonly beats = new Map<string, Coalescer<BeatRequest, BeatReply>>();

  constructor(options: RedisSessionStoreOptions) {
    this.requests = options.requests as RedisClient & ScriptCommands;
    this.worker = options.worker as RedisClient & ScriptCommands;
    this.partitionCount = options.partitionCount ?? keys.PARTITIONS_DEFAULT;
    this.intervalsMax = options.intervalsMax ?? INTERVALS_PER_ACCOUNT_MAX;
    this.clock = options.clock ?? systemClock;
    this.partitions = Array.from({ length: this.partitionCount }, (_, index) => keys.partitionName(index));
  }

  /** Checks that this Redis was laid out for the same number of partitions; a new one is marked. */
  assertLayout(): Promise<void> {
    return assertLayout(this.worker, this.partitionCount);
  }

  newSessionId(personId: string): string {
    return keys.newSessionId(keys.partitionOfPerson(personId, this.partitionCount));
  }

  async open(request: OpenRequest): Promise<OpenOutcome> {
    const { identity, plan } = request;
    const partition = this.partitionOf(identity.personId);
    const world = worldName(identity.world);
    const open = () =>
      this.requests.openSession(
        keys.sessionKeyPrefix(partition) + identity.sessionId,
        keys.openSessionsKey(partition, identity.personId),
        keys.streamKey(partition),
        keys.leasesKey(partition, world),
        keys.worldsKey(partition),
        KEEP_AFTER_DAY_MS,
        this.intervalsMax,
        OPEN_SESSIONS_MAX,
        request.concurrency,
        request.minStartMs,
        request.now,
        world,
        identity.personId,
        identity.playerId,
        identity.gameId,
        identity.agentId ?? '',
        identity.stationId ?? '',
        identity.ageBand,
        identity.humanId ?? '',
        request.context,
        ...planArguments(plan),
        request.needsWholeDay ? this.clock.now() : '',
        request.pace,
      );
    const reply = await ask(() => this.sendTwice(open));
    return decodeOpen(reply);
  }

  recordBeats(requests: readonly BeatRequest[]): Promise<readonly (BeatReply | BeatFailure)[]> {
    const beats = requests.map((request) => this.gathererOf(request.sessionId).add(request, request.sinceMs));
    const replies = Promise.all(beats);
    return beats.length === 1 ? replies : replies.catch(() => settleBeats(beats));
  }

  private gathererOf(sessionId: string): Coalescer<BeatRequest, BeatReply> {
    const isSplit = isCluster(this.requests);
    const place = (isSplit && keys.partitionOfSession(sessionId)) || ANYWHERE;
    let gatherer = this.beats.get(place);
    if (gatherer === undefined) {
      gatherer = new Coalescer({
        send: (items) => this.sendBeats(items),
        overloaded: () => new LedgerUnavailableError('too many heartbeats are waiting'),
        isUrgent: ({ kind }) => kind === 'close',
        isAgain: ({ renewal }) => renewal !== null,
        orderedBy: ({ sessionId }) => sessionId,
        ...(isSplit && IN_PARTITION),
      });
      this.beats.set(place, gatherer);
    }
    return gatherer;
  }

  /** One script call; ids that cannot be ours are answered without it. */
  private async sendBeats(requests: readonly BeatRequest[]): Promise<readonly BeatReply[]> {
    const replies: BeatReply[] = requests.map(() => ({ status: 'not_found' }));
    const places: number[] = [];
    const sessionKeys: string[] = [];
    const beats: string[] = [];
    for (const [place, request] of requests.entries()) {
      const partition = keys.partitionOfSession(request.sessionId);
      if (partition === null) continue;
      places.push(place);
      sessionKeys.push(keys.sessionKeyPrefix(partition) + request.sessionId);
      beats.push(beatText(request));
    }
    if (places.length === 0) return replies;
    const packed = await this.askForBeats(sessionKeys, beats);
    for (const [at, place] of places.entries()) {
      replies[place] = decodeBeat(packed[at]!, requests[place]!.heldSeq !== undefined);
    }
    return replies;
  }

  private askForBeats(sessionKeys: readonly string[], beats: readonly string[]): Promise<readonly Buffer[]> {
    const values = [KEEP_AFTER_DAY_MS, this.intervalsMax, ...beats];
    const send = () => this.requests.recordHeartbeatsBuffer(sessionKeys.length, ...sessionKeys, ...values);
    return ask(() => this.sendTwice(send));
  }

  /** On a cluster, whose nodes are dropped when they change places: what is the same done twice, and failed at once, is sent again. */
  private async sendTwice<Reply>(send: () => Promise<Reply>): Promise<Reply> {
    try {
      return await send();
    } catch (error) {
      if (!isCluster(this.requests) || (error as Error).message !== CONNECTION_CLOSED) throw error;
      return send();
    }
  }

  async endByOrder(order: EndOrder): Promise<BeatReply> {
    const partition = keys.partitionOfSession(order.sessionId);
    // An empty agent is that of the sessions off any station.
    if (partition === null || order.agentId === '') return { status: 'not_found' };
    const key = keys.sessionKeyPrefix(partition) + order.sessionId;
    const values = [KEEP_AFTER_DAY_MS, this.intervalsMax, orderText(order)];
    const [reply] = await ask(() => this.requests.recordHeartbeatsBuffer(1, key, ...values));
    return decodeBeat(reply!, false);
  }

  async listAgentSessions(agentId: string, nowOf: (world: World) => Instant): Promise<readonly AgentSession[]> {
    const replies = await ask(() =>
      Promise.all(
        this.partitions.map((partition) =>
          this.requests.listAgentSessions(keys.agentSessionsKey(partition, agentId), keys.sessionKeyPrefix(partition)),
        ),
      ),
    );
    return replies
      .flatMap(decodeAgentSessions)
      .filter(({ session, silentUntil }) => silentUntil === null || nowOf(session.world) <= silentUntil)
      .map(({ session }) => session)
      .sort(byAge);
  }

  async readDay(personId: string, date: string, dayStartsAt: Instant): Promise<DayPlay> {
    const key = keys.dayKey(this.partitionOf(personId), personId, date);
    const fields = await ask(() => this.requests.hgetallBuffer(key));
    const games = new Map<string, readonly Interval[]>();
    const agents = new Map<string, readonly Interval[]>();
    const readIntervals = (packed: Buffer) => unpackIntervals(packed, INTERVALS_AT, packed.length, dayStartsAt);
    for (const [name, packed] of Object.entries(fields)) {
      if (name.startsWith('g:')) games.set(name.slice(2), readIntervals(packed));
      if (name.startsWith('a:')) agents.set(name.slice(2), readIntervals(packed));
    }
    const { p: packed } = fields;
    const isOfOneGame = packed?.toString() === SAME_AS_GAME;
    const provider = isOfOneGame ? games.values().next().value : packed && readIntervals(packed);
    return { provider: provider ?? [], games, agents };
  }

  async listPersons(date: string): Promise<readonly string[]> {
    const persons = new Set<string>();
    for await (const found of scanKeys(this.worker, keys.dayKey('*', '*', date))) {
      for (const key of found) persons.add(keys.personOfDayKey(key));
    }
    return [...persons].filter(isPersonId);
  }

  async renewSessions(personId: string, now: Instant): Promise<number> {
    const partition = this.partitionOf(personId);
    const openKey = keys.openSessionsKey(partition, personId);
    return ask(() => this.requests.renewSessions(openKey, keys.sessionKeyPrefix(partition), now));
  }

  async moveOut(personId: string, playerId: string): Promise<number> {
    const partition = this.partitionOf(personId);
    const openKey = keys.openSessionsKey(partition, personId);
    return ask(() => this.requests.moveOut(openKey, keys.sessionKeyPrefix(partition), playerId));
  }

  async mergeDay(request: MergeRequest): Promise<void> {
    const { humanId, personId, play } = request;
    await this.mergeInto(personId, request, accountsOfPlay(play));
    if (humanId !== null) await this.mergeInto(humanId, request, [['x', play.provider]]);
  }

  private async mergeInto(
    ownerId: string,
    { day, personId, playerId, previousPersonId, world }: MergeRequest,
    accounts: readonly (readonly [string, readonly Interval[]])[],
  ): Promise<void> {
    const values = accounts.flatMap(([field, intervals]) => [
      field,
      intervals.length,
      ...intervals.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]),
    ]);
    await ask(() =>
      this.requests.mergeDay(
        keys.dayKey(this.partitionOf(personId), ownerId, day.date),
        KEEP_AFTER_DAY_MS,
        this.intervalsMax,
        worldName(world),
        personId,
        playerId,
        previousPersonId,
        day.date,
        day.startsAt,
        day.endsAt,
        ...values,
      ),
    );
  }

  async restoreDay({ day, human, personId, play, world }: DayRestore): Promise<void> {
    const partition = this.partitionOf(personId);
    const restore = (
      ownerId: string,
      realNow: Instant | '',
      accounts: readonly (readonly [string, readonly Interval[]])[],
    ) =>
      ask(() =>
        this.requests.restoreDay(
          keys.dayKey(partition, ownerId, day.date),
          KEEP_AFTER_DAY_MS,
          this.intervalsMax,
          worldName(world),
          day.startsAt,
          day.endsAt,
          realNow,
          ...accounts.flatMap(([field, intervals]) => [field, ...intervalArguments(intervals)]),
        ),
      );
    if (human !== null) await restore(human.humanId, '', [['x', human.play]]);
    await restore(personId, this.clock.now(), accountsOfPlay(play));
  }

  async restoreSession(restore: SessionRestore): Promise<boolean> {
    const { personId, sessionId } = restore.identity;
    const partition = this.partitionOf(personId);
    if (keys.partitionOfSession(sessionId) !== partition) return false;
    await ask(() =>
      this.requests.restoreSession(
        keys.sessionKeyPrefix(partition) + sessionId,
        keys.openSessionsKey(partition, personId),
        KEEP_AFTER_DAY_MS,
        this.intervalsMax,
        ...restoreArguments(restore),
      ),
    );
    return true;
  }

  readEpoch(personId: string): Promise<string | null> {
    return ask(() => this.requests.get(keys.epochKey(this.partitionOf(personId))));
  }

  async noteRefusal(refusal: RefusedStart): Promise<void> {
    const stream = keys.streamKey(this.partitionOf(refusal.identity.personId));
    await ask(() => this.requests.xadd(stream, '*', ...Object.entries(refusedFields(refusal)).flat()));
  }

  /** A partition that cannot be asked keeps none of the others waiting. */
  async expireSilent(nowOf: (world: World) => Instant): Promise<number> {
    const outcomes = await Promise.allSettled(
      this.partitions.map((partition) => this.expirePartition(partition, nowOf)),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return outcomes.reduce((sum, outcome) => sum + (outcome.status === 'fulfilled' ? outcome.value : 0), 0);
  }

  private async expirePartition(partition: string, nowOf: (world: World) => Instant): Promise<number> {
    const worlds = await ask(() => this.worker.smembers(keys.worldsKey(partition)));
    let expired = 0;
    for (const world of worlds) expired += await this.expireWorld(partition, world, nowOf(parseWorldName(world)));
    return expired;
  }

  private async expireWorld(partition: string, world: string, now: Instant): Promise<number> {
    let expired = 0;
    for (;;) {
      const [closed, seen] = await ask(() =>
        this.worker.expireSessions(
          keys.leasesKey(partition, world),
          keys.sessionKeyPrefix(partition),
          now,
          EXPIRE_COUNT_MAX,
        ),
      );
      expired += closed;
      if (seen < EXPIRE_COUNT_MAX) return expired;
    }
  }

  async readEntries(partition: string, countMax: number): Promise<readonly StreamEntry[]> {
    const entries = await ask(() => this.worker.xrange(keys.streamKey(partition), '-', '+', 'COUNT', countMax));
    return entries.map(([entryId, flat]) => ({ entryId, fields: pairUp(flat) }));
  }

  async trimEntries(partition: string, entryIds: readonly string[]): Promise<void> {
    if (entryIds.length > 0) await ask(() => this.worker.xdel(keys.streamKey(partition), ...entryIds));
  }

  async readBacklog(): Promise<readonly Backlog[]> {
    const looks = this.partitions.map(async (partition) => {
      const stream = keys.streamKey(partition);
      const [waiting, oldest] = await Promise.all([
        this.worker.xlen(stream),
        this.worker.xrange(stream, '-', '+', 'COUNT', 1),
      ]);
      const oldestEntryId = oldest[0]?.[0];
      return oldestEntryId === undefined ? [] : [{ partition, waiting, oldestEntryId }];
    });
    return (await ask(() => Promise.all(looks))).flat();
  }

  /** On a cluster one shard that takes writes is enough: without the others, most players still need this gateway. */
  async checkReady(now: Instant): Promise<{ readonly store: string; readonly clock: string }> {
    try {
      const probed = isCluster(this.requests) ? this.partitions : this.partitions.slice(0, 1);
      await Promise.any(
        probed.map((partition) => this.requests.set(keys.readyKey(partition), now, 'PX', READY_KEEP_MS)),
      );
      const skewMs = Math.max(...(await this.readClocks()).map((at) => Math.abs(now - at)));
      return { store: 'ok', clock: skewMs <= CLOCK_SKEW_MS_MAX ? 'ok' : `${Math.round(skewMs)} ms off the store` };
    } catch (error) {
      const reason = error instanceof AggregateError ? (error.errors[0] as Error) : (error as Error);
      return { store: reason.message, clock: 'unknown' };
    }
  }

  /** Of the nodes that answer, at least one. */
  private async readClocks(): Promise<readonly Instant[]> {
    const times = await Promise.allSettled(primariesOf(this.requests).map((node) => node.time()));
    const told = times.flatMap((time) => (time.status === 'fulfilled' ? [time.value] : []));
    if (told.length === 0) throw new Error('no Redis tells its time');
    return told.map(([seconds, micros]) => Number(seconds) * 1000 + Number(micros) / 1000);
  }

  async close(): Promise<void> {
    this.requests.disconnect();
    this.worker.disconnect();
  }

  private partitionOf(personId: string): string {
    return keys.partitionName(keys.partitionOfPerson(personId, this.partitionCount));
  }
}

/** Of beats one of which has failed. Rejects where all have. */
async function settleBeats(beats: readonly Promise<BeatReply>[]): Promise<readonly (BeatReply | BeatFailure)[]> {
  const outcomes = (await Promise.allSettled(beats)).map((outcome): BeatReply | BeatFailure => {
    if (outcome.status === 'fulfilled') return outcome.value;
    if (outcome.reason instanceof LedgerUnavailableError) return { status: 'failed', error: outcome.reason };
    throw outcome.reason;
  });
  const [first] = outcomes;
  if (first?.status === 'failed' && outcomes.every(({ status }) => status === 'failed')) throw first.error;
  return outcomes;
}

const accountsOfPlay = ({ agents, games, provider }: DayPlay): readonly (readonly [string, readonly Interval[]])[] => [
  ['p', provider],
  ...[...games].map(([gameId, intervals]) => [`g:${gameId}`, intervals] as const),
  ...[...agents].map(([agentId, intervals]) => [`a:${agentId}`, intervals] as const),
];

async function ask<Reply>(command: () => Promise<Reply>): Promise<Reply> {
  try {
    return await command();
  } catch (cause) {
    throw new LedgerUnavailableError((cause as Error).message, { cause });
  }
}
