// The ledger in Redis: translates the port's requests into script calls and their flat replies back.
import {
  type EndCause,
  INTERVALS_PER_ACCOUNT_MAX,
  type Instant,
  type Interval,
  type SessionPlan,
  type UsedMs,
} from '@playgate/policy';
import type { Redis } from 'ioredis';
import type { World } from '../../directory/world.ts';
import {
  type BeatReply,
  type BeatRequest,
  CLOCK_SKEW_MS_MAX,
  type Conflict,
  type DayPlay,
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

const BEAT_REPLY_LENGTH = 18;
const NO_PLAN: readonly string[] = Array.from({ length: 14 }, () => '');
const BYTES_PER_NUMBER = 4;
const READY_KEEP_MS = 60_000;

/** The commands that the client makes of our scripts (see redis-client.ts). */
interface ScriptCommands {
  openSession(...args: (string | number)[]): Promise<(string | number)[]>;
  recordHeartbeats(...args: (string | number)[]): Promise<(string | number)[]>;
  expireSessions(...args: (string | number)[]): Promise<[number, number]>;
  renewSessions(...args: (string | number)[]): Promise<number>;
  moveOut(...args: (string | number)[]): Promise<number>;
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
      pushBeatArguments(values, request);
      return true;
    });
    if (sessionKeys.length === 0) return requests.map(() => ({ status: 'not_found' }));
    const reply = await ask(() => this.requests.recordHeartbeats(sessionKeys.length, ...sessionKeys, ...values));
    let at = 0;
    return asked.map((isAsked) => (isAsked ? decodeBeat(reply, at++ * BEAT_REPLY_LENGTH) : { status: 'not_found' }));
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

  async trimEntries(partition: string, entryId: string): Promise<void> {
    const [ms, number] = entryId.split('-');
    await ask(() => this.worker.xtrim(keys.streamKey(partition), 'MINID', `${ms}-${Number(number) + 1}`));
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

function planArguments(plan: SessionPlan): (string | number)[] {
  const { day, limitMs } = plan;
  return [
    day.date,
    plan.metered ? 1 : 0,
    day.startsAt,
    day.endsAt,
    plan.validUntilAt,
    plan.stopsAt ?? -1,
    limitMs.game ?? -1,
    limitMs.provider ?? -1,
    limitMs.agent ?? -1,
    limitMs.person ?? -1,
    plan.intervalMs,
    plan.leaseMs,
    plan.reviveMs,
  ];
}

function pushBeatArguments(values: (string | number)[], request: BeatRequest): void {
  const { close, renewal } = request;
  values.push(worldName(request.world), request.seq ?? -1, request.kind, request.now);
  values.push(close?.reason ?? '', close?.clientEndedAt ?? -1, close?.verdictSeq ?? -1);
  if (renewal === null) values.push(...NO_PLAN);
  else values.push(...planArguments(renewal.plan), renewal.context);
}

const orNull = (value: string | number | undefined): number | null => (Number(value) < 0 ? null : Number(value));

function decodeBeat(reply: readonly (string | number)[], at: number): BeatReply {
  const status = reply[at];
  if (status !== 'recorded' && status !== 'repeated' && status !== 'stale') return { status: 'not_found' };
  return {
    status,
    seq: Number(reply[at + 1]),
    state: reply[at + 2] === 1 ? 'active' : 'paused',
    lastBeatAt: Number(reply[at + 3]),
    endedAt: orNull(reply[at + 4]),
    endCause: (reply[at + 5] || null) as EndCause | null,
    limitAt: orNull(reply[at + 6]),
    overrunMs: Number(reply[at + 7]),
    closedAt: orNull(reply[at + 8]),
    used: usedOf(reply, at + 9),
    context: String(reply[at + 13]),
    playerId: String(reply[at + 14]),
    gameId: String(reply[at + 15]),
    close:
      orNull(reply[at + 8]) === null ? null : { reason: String(reply[at + 16]), clientEndedAt: orNull(reply[at + 17]) },
  };
}

function usedOf(reply: readonly (string | number)[], at: number): UsedMs {
  const [game, provider, agent, person] = reply.slice(at, at + 4).map(Number) as [number, number, number, number];
  return { game, provider, agent, person };
}

function decodeOpen(reply: readonly (string | number)[]): OpenOutcome {
  const conflicts: Conflict[] = [];
  for (let at = 5; at + 1 < reply.length; at += 2) {
    conflicts.push({ sessionId: String(reply[at]), gameId: String(reply[at + 1]) });
  }
  return {
    status: reply[0] as OpenOutcome['status'],
    used: usedOf(reply, 1),
    conflicts,
  };
}

/** The account format of ledger.lua: used ms, then pairs relative to the day's start, 4 bytes each. */
function unpackIntervals(packed: Buffer, dayStartsAt: Instant): readonly Interval[] {
  const intervals: Interval[] = [];
  for (let at = BYTES_PER_NUMBER; at < packed.length; at += 2 * BYTES_PER_NUMBER) {
    intervals.push({
      startsAt: dayStartsAt + packed.readUInt32BE(at),
      endsAt: dayStartsAt + packed.readUInt32BE(at + BYTES_PER_NUMBER),
    });
  }
  return intervals;
}

function pairUp(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) fields[flat[at]!] = flat[at + 1]!;
  return fields;
}
