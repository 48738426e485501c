// The ledger in Redis: translates the port's requests into script calls and their flat replies back.
import { INTERVALS_PER_ACCOUNT_MAX, type Instant, type Interval } from '@playgate/policy';
import type { Redis } from 'ioredis';
import { isPersonId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import {
  type AgentSession,
  type Backlog,
  type BeatReply,
  type BeatRequest,
  byAge,
  CLOCK_SKEW_MS_MAX,
  type DayPlay,
  type EndOrder,
  EXPIRE_COUNT_MAX,
  KEEP_AFTER_DAY_MS,
  LedgerUnavailableError,
  type MergeRequest,
  OPEN_SESSIONS_MAX,
  type OpenOutcome,
  type OpenRequest,
  type RefusedStart,
  type SessionStore,
  type StreamEntry,
} from '../../sessions/session-store.ts';
import { parseWorldName, refusedFields, worldName } from '../../sessions/stream-entry.ts';
import { Coalescer } from './coalescer.ts';
import * as keys from './keys.ts';
import {
  BEAT_REPLY_LENGTH,
  beatArguments,
  decodeAgentSessions,
  decodeBeat,
  decodeOpen,
  orderArguments,
  pairUp,
  planArguments,
  unpackIntervals,
} from './script-arguments.ts';

/** Keys looked at in one command. */
const SCAN_COUNT = 1_000;
const READY_KEEP_MS = 60_000;

/** The commands that the client makes of our scripts (see redis-client.ts). */
interface ScriptCommands {
  openSession(...args: (string | number)[]): Promise<(string | number)[]>;
  recordHeartbeats(...args: (string | number)[]): Promise<(string | number)[]>;
  expireSessions(...args: (string | number)[]): Promise<[number, number]>;
  renewSessions(...args: (string | number)[]): Promise<number>;
  moveOut(...args: (string | number)[]): Promise<number>;
  listAgentSessions(...args: (string | number)[]): Promise<(string | number)[]>;
  mergeDay(...args: (string | number)[]): Promise<number>;
}

export interface RedisSessionStoreOptions {
  /** Profile of requests: fails fast, never resends. */
  readonly requests: Redis;
  /** Profile of background work. */
  readonly worker: Redis;
  readonly partitionCount?: number;
  readonly intervalsMax?: number;
}

export class RedisSessionStore implements SessionStore {
  readonly partitions: readonly string[];
  private readonly requests: Redis & ScriptCommands;
  private readonly worker: Redis & ScriptCommands;
  private readonly partitionCount: number;
  private readonly intervalsMax: number;
  private readonly beats: Coalescer<BeatRequest, BeatReply>;

  constructor(options: RedisSessionStoreOptions) {
    this.requests = options.requests as Redis & ScriptCommands;
    this.worker = options.worker as Redis & ScriptCommands;
    this.partitionCount = options.partitionCount ?? keys.PARTITIONS_DEFAULT;
    this.intervalsMax = options.intervalsMax ?? INTERVALS_PER_ACCOUNT_MAX;
    this.partitions = Array.from({ length: this.partitionCount }, (_, index) => keys.partitionName(index));
    this.beats = new Coalescer(
      (items) => this.sendBeats(items),
      () => new LedgerUnavailableError('too many heartbeats are waiting'),
    );
  }

  /** Checks that this Redis was laid out for the same number of partitions; a new one is marked. */
  async assertLayout(): Promise<void> {
    const layout = JSON.stringify({ partitions: this.partitionCount });
    await this.worker.set(keys.layoutKey, layout, 'NX');
    const found = await this.worker.get(keys.layoutKey);
    if (found !== layout) {
      throw new Error(`this Redis holds the layout ${found}, but the gateway is set to ${layout}`);
    }
  }

  newSessionId(personId: string): string {
    return keys.newSessionId(keys.partitionOfPerson(personId, this.partitionCount));
  }

  async open(request: OpenRequest): Promise<OpenOutcome> {
    const { identity, plan } = request;
    const partition = this.partitionOf(identity.personId);
    const world = worldName(identity.world);
    const reply = await ask(() =>
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
      ),
    );
    return decodeOpen(reply);
  }

  recordBeats(requests: readonly BeatRequest[]): Promise<readonly BeatReply[]> {
    return Promise.all(requests.map((request) => this.beats.add(request)));
  }

  /** One script call; ids that cannot be ours are answered without it. */
  private async sendBeats(requests: readonly BeatRequest[]): Promise<readonly BeatReply[]> {
    const sessionKeys: string[] = [];
    const values: (string | number)[] = [KEEP_AFTER_DAY_MS, this.intervalsMax];
    const asked = requests.map((request) => {
      const partition = keys.partitionOfSession(request.sessionId);
      if (partition === null) return false;
      sessionKeys.push(keys.sessionKeyPrefix(partition) + request.sessionId);
      values.push(...beatArguments(request));
      return true;
    });
    if (sessionKeys.length === 0) return requests.map(() => ({ status: 'not_found' }));
    const reply = await ask(() => this.requests.recordHeartbeats(sessionKeys.length, ...sessionKeys, ...values));
    let at = 0;
    return asked.map((isAsked) => (isAsked ? decodeBeat(reply, at++ * BEAT_REPLY_LENGTH) : { status: 'not_found' }));
  }

  async endByOrder(order: EndOrder): Promise<BeatReply> {
    const partition = keys.partitionOfSession(order.sessionId);
    // An empty agent is that of the sessions off any station.
    if (partition === null || order.agentId === '') return { status: 'not_found' };
    const key = keys.sessionKeyPrefix(partition) + order.sessionId;
    const values = [KEEP_AFTER_DAY_MS, this.intervalsMax, ...orderArguments(order)];
    return decodeBeat(await ask(() => this.requests.recordHeartbeats(1, key, ...values)), 0);
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
    let provider: readonly Interval[] = [];
    for (const [name, packed] of Object.entries(fields)) {
      if (name === 'p') provider = unpackIntervals(packed, dayStartsAt);
      if (name.startsWith('g:')) games.set(name.slice(2), unpackIntervals(packed, dayStartsAt));
      if (name.startsWith('a:')) agents.set(name.slice(2), unpackIntervals(packed, dayStartsAt));
    }
    return { provider, games, agents };
  }

  async listPersons(date: string): Promise<readonly string[]> {
    const persons = new Set<string>();
    for await (const found of this.worker.scanStream({ match: keys.dayKey('*', '*', date), count: SCAN_COUNT })) {
      for (const key of found as string[]) persons.add(keys.personOfDayKey(key));
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
    await this.mergeInto(personId, request, [
      ['p', play.provider],
      ...[...play.games].map(([gameId, intervals]) => [`g:${gameId}`, intervals] as const),
      ...[...play.agents].map(([agentId, intervals]) => [`a:${agentId}`, intervals] as const),
    ]);
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

  async noteRefusal(refusal: RefusedStart): Promise<void> {
    const stream = keys.streamKey(this.partitionOf(refusal.identity.personId));
    await ask(() => this.requests.xadd(stream, '*', ...Object.entries(refusedFields(refusal)).flat()));
  }

  async expireSilent(nowOf: (world: World) => Instant): Promise<number> {
    const worlds = this.worker.pipeline();
    for (const partition of this.partitions) worlds.smembers(keys.worldsKey(partition));
    const names = (await ask(() => worlds.exec())) ?? [];
    let expired = 0;
    for (const [index, partition] of this.partitions.entries()) {
      for (const world of (names[index]?.[1] as string[] | null) ?? []) {
        expired += await this.expireWorld(partition, world, nowOf(parseWorldName(world)));
      }
    }
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

  async checkReady(now: Instant): Promise<{ readonly store: string; readonly clock: string }> {
    try {
      await this.requests.set(keys.readyKey, now, 'PX', READY_KEEP_MS);
      const [seconds, micros] = await this.requests.time();
      const skewMs = Math.abs(now - (Number(seconds) * 1000 + Number(micros) / 1000));
      return { store: 'ok', clock: skewMs <= CLOCK_SKEW_MS_MAX ? 'ok' : `${Math.round(skewMs)} ms off the store` };
    } catch (error) {
      return { store: (error as Error).message, clock: 'unknown' };
    }
  }

  async close(): Promise<void> {
    this.requests.disconnect();
    this.worker.disconnect();
  }

  private partitionOf(personId: string): string {
    return keys.partitionName(keys.partitionOfPerson(personId, this.partitionCount));
  }
}

async function ask<Reply>(command: () => Promise<Reply>): Promise<Reply> {
  try {
    return await command();
  } catch (cause) {
    throw new LedgerUnavailableError((cause as Error).message, { cause });
  }
}
