// The reference adapter: accrue.ts over maps, one process. The embedded default where no Redis is found.
import { randomBytes, randomUUID } from 'node:crypto';
import {
  addInterval,
  admitSession,
  type Beat,
  type BeatStatus,
  type CalendarDay,
  type DayAccounts,
  EMPTY_DAY,
  endAtLastBeat,
  INTERVALS_PER_ACCOUNT_MAX,
  type Instant,
  type Interval,
  intervalAt,
  isBehind,
  isLive,
  LEDGER_SCOPES,
  type LedgerEntry,
  type LedgerScope,
  measureIntervals,
  openSessionRecord,
  proofOf,
  provenPlay,
  recordBeat,
  requireRenewal,
  restoreDay,
  restoreSession,
  type SessionRecord,
  unionIntervals,
  usedOfDay,
} from '@playgate/policy';
import type { Clock } from '../../clock.ts';
import { isPersonId } from '../../directory/new-id.ts';
import type { World } from '../../directory/world.ts';
import { encodeProof } from '../../sessions/proof-text.ts';
import {
  type AgentSession,
  type Backlog,
  type BeatReply,
  type BeatRequest,
  byAge,
  type DayPlay,
  type DayRestore,
  type EndOrder,
  type FirstClose,
  KEEP_AFTER_DAY_MS,
  type MergeRequest,
  OPEN_SESSIONS_MAX,
  type OpenOutcome,
  type OpenRequest,
  type RefusedStart,
  type SessionIdentity,
  type SessionRestore,
  type SessionStore,
  type StreamEntry,
} from '../../sessions/session-store.ts';
import {
  type EntryCause,
  ledgerFields,
  mergedFields,
  NO_CAUSE,
  openedFields,
  refusedFields,
  worldName,
} from '../../sessions/stream-entry.ts';
import { EntryIds } from './entry-ids.ts';

const PARTITION = 'memory';
const SESSION_ID_BYTES = 15;
const NO_SUBJECT = { game: '', agent: '' };

interface StoredSession {
  /** Real time, by which a test world is forgotten: its own clock may stand anywhere. */
  storedAt: Instant;
  identity: SessionIdentity;
  context: string;
  record: SessionRecord;
  /** What the first close said; null until then. */
  close: FirstClose | null;
}

interface StoredDay {
  storedAt: Instant;
  endsAt: Instant;
  world: World;
  /** Account name (`g:<game>`, `p`, `a:<agent>`) to intervals; `m:<person>`: what was noted of what came over from another person. */
  accounts: Record<string, readonly Interval[]>;
  /** The epoch since which the day is known whole. */
  knownSince?: string;
}

/** All there is, as plain JSON; `restore` takes what `snapshot` gave. */
export interface MemorySnapshot {
  readonly sessions: readonly StoredSession[];
  readonly days: readonly (readonly [string, StoredDay])[];
  readonly entries: readonly StreamEntry[];
  readonly lastEntryMs: number;
}

/** It has ended, and its client beats as played all the same. */
function isPlayedOn({ closedAt, endedAt, lastBeatAt, leaseEndsAt, state }: SessionRecord, now: Instant): boolean {
  const isAfterEnd = endedAt !== null && lastBeatAt > endedAt;
  return isAfterEnd && closedAt === null && state === 'active' && now <= leaseEndsAt;
}

/** Of a snapshot of before there were paces: its client was told the plain one. */
function withPace(kept: SessionRecord): SessionRecord {
  const { lastBeatAt, leaseEndsAt = lastBeatAt + kept.plan.leaseMs, pace = 1 } = kept;
  return { ...kept, pace, leaseEndsAt };
}

export class MemorySessionStore implements SessionStore {
  readonly partitions = [PARTITION];
  private readonly sessions = new Map<string, StoredSession>();
  private readonly days = new Map<string, StoredDay>();
  /** Sessions by person, ended ones included until they are forgotten. */
  private readonly sessionsOf = new Map<string, Set<StoredSession>>();
  private entries: StreamEntry[] = [];
  private readonly entryIds: EntryIds;
  private readonly clock: Clock;
  private readonly intervalsMax: number;
  /** What a process starts with may be older than what the last one had. */
  private readonly epoch: { readonly name: string; readonly since: Instant };
  /** Grows with every change, so that a snapshot is written only when something is new. */
  changes = 0;

  constructor(clock: Clock, intervalsMax: number = INTERVALS_PER_ACCOUNT_MAX) {
    this.clock = clock;
    this.entryIds = new EntryIds(clock);
    this.intervalsMax = intervalsMax;
    this.epoch = { name: randomUUID(), since: clock.now() };
  }

  newSessionId(): string {
    return `ses_${randomBytes(SESSION_ID_BYTES).toString('base64url')}`;
  }

  async open(request: OpenRequest): Promise<OpenOutcome> {
    const { identity, plan, now } = request;
    const used = usedOfDay(this.accountsOf(identity, plan.day.date));
    const outcome = { used, conflicts: [] };
    if (this.sessions.has(identity.sessionId)) return { status: 'opened', ...outcome };
    if (plan.metered) {
      if (request.needsWholeDay && !this.isDayKnown(identity, plan.day)) return { status: 'day_unknown', ...outcome };
      const admission = admitSession(plan, used, request.minStartMs, now);
      if (admission !== 'admitted') return { status: admission, ...outcome };
      const others = this.liveSessionsOf(identity.personId, now);
      if ((others.length > 0 && request.concurrency === 'forbid') || others.length >= OPEN_SESSIONS_MAX) {
        return { status: 'concurrent', used, conflicts: others.map(({ identity: other }) => conflictOf(other)) };
      }
      if (request.concurrency === 'takeover') for (const other of others) this.end(other, 'takeover');
    }
    const record = openSessionRecord(plan, scopesOf(identity), now, request.pace);
    this.add({ storedAt: this.clock.now(), identity, context: request.context, record, close: null });
    this.append(openedFields(identity, request.context, { at: now, used, limitMs: plan.limitMs }));
    return { status: 'opened', ...outcome };
  }

  async recordBeats(requests: readonly BeatRequest[]): Promise<readonly BeatReply[]> {
    return requests.map((request) => this.recordOne(request));
  }

  private recordOne(request: BeatRequest): BeatReply {
    const stored = this.sessions.get(request.sessionId);
    if (!stored || worldName(stored.identity.world) !== worldName(request.world)) return { status: 'not_found' };
    const { close, heldSeq, kind, now, pace, renewal, seq } = request;
    const { endCause, endedAt, seq: knownSeq } = stored.record;
    const isStanding = endedAt === null || endCause === 'silence';
    const isProofWanted = heldSeq !== undefined;
    if (isStanding && knownSeq < (heldSeq ?? 0)) return this.replyOf(stored, 'behind', isProofWanted);
    const beat = { kind, now, seq, pace, plan: renewal?.plan ?? null };
    const status = this.apply(stored, beat, { close, by: null }, renewal?.context);
    return this.replyOf(stored, status, isProofWanted);
  }

  async endByOrder({ agentId, by, now, sessionId }: EndOrder): Promise<BeatReply> {
    const stored = this.sessions.get(sessionId);
    if (stored === undefined || stored.identity.agentId !== agentId) return { status: 'not_found' };
    const status = this.apply(stored, { kind: 'order', now, seq: null, pace: null, plan: null }, { close: null, by });
    return this.replyOf(stored, status, false);
  }

  async listAgentSessions(agentId: string, nowOf: (world: World) => Instant): Promise<readonly AgentSession[]> {
    return [...this.sessions.values()]
      .filter(({ identity }) => identity.agentId === agentId)
      .filter(({ identity: { world }, record }) => isLive(record, nowOf(world)) || isPlayedOn(record, nowOf(world)))
      .map((stored) => this.agentSessionOf(stored))
      .sort(byAge);
  }

  /** `renewedContext`: what the plan of the beat was resolved with. */
  private apply(stored: StoredSession, beat: Beat, cause: EntryCause, renewedContext?: string): BeatStatus {
    const { identity, record } = stored;
    const dates = new Set([record.plan.day.date, (beat.plan ?? record.plan).day.date]);
    const days = Object.fromEntries([...dates].map((date) => [date, this.accountsOf(identity, date)]));
    const outcome = recordBeat(record, days, beat, this.intervalsMax);
    if (renewedContext !== undefined && outcome.session.plan === beat.plan) stored.context = renewedContext;
    if (record.closedAt === null && outcome.session.closedAt !== null && cause.close !== null) {
      stored.close = { reason: cause.close.reason, clientEndedAt: cause.close.clientEndedAt };
    }
    stored.record = outcome.session;
    for (const date of dates) this.saveDay(stored, date, outcome.days[date] ?? EMPTY_DAY);
    this.appendAll(stored, outcome.entries, cause);
    return outcome.status;
  }

  private agentSessionOf({ context, identity, record }: StoredSession): AgentSession {
    const { ageBand, gameId, playerId, sessionId, stationId, world } = identity;
    const { endedAt, lastBeatAt, leaseEndsAt, openedAt, pace, plan, state } = record;
    const used = usedOfDay(this.accountsOf(identity, plan.day.date));
    const place = { sessionId, world, stationId: stationId ?? '', playerId, gameId, ageBand };
    const times = { openedAt, lastBeatAt, intervalMs: intervalAt(plan, pace), leaseEndsAt, endedAt };
    return { ...place, ...times, state, context, used };
  }

  private replyOf(stored: StoredSession, status: BeatStatus | 'behind', isProofWanted: boolean): BeatReply {
    const { identity, context, record } = stored;
    const accounts = this.accountsOf(identity, record.plan.day.date);
    const proof = isProofWanted ? proofOf(record, accounts.game) : null;
    return {
      status,
      seq: record.seq,
      state: record.state,
      intervalMs: intervalAt(record.plan, record.pace),
      leaseEndsAt: record.leaseEndsAt,
      lastBeatAt: record.lastBeatAt,
      endedAt: record.endedAt,
      endCause: record.endCause,
      limitAt: record.limitAt,
      overrunMs: record.overrunMs,
      closedAt: record.closedAt,
      used: usedOfDay(accounts),
      context,
      playerId: identity.playerId,
      gameId: identity.gameId,
      close: stored.close,
      proof: proof === null ? null : encodeProof({ ...identity, proof }),
    };
  }

  async readDay(personId: string, date: string): Promise<DayPlay> {
    const accounts = this.days.get(dayKey(personId, date))?.accounts ?? {};
    const withPrefix = (prefix: string) =>
      new Map(
        Object.entries(accounts)
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, intervals]) => [name.slice(prefix.length), intervals]),
      );
    return { provider: accounts.p ?? [], games: withPrefix('g:'), agents: withPrefix('a:') };
  }

  async listPersons(date: string): Promise<readonly string[]> {
    const suffix = `:${date}`;
    const persons = [...this.days.keys()]
      .filter((key) => key.endsWith(suffix))
      .map((key) => key.slice(0, -suffix.length));
    return persons.filter(isPersonId);
  }

  async renewSessions(personId: string, now: Instant): Promise<number> {
    const standing = [...(this.sessionsOf.get(personId) ?? [])].filter(({ record }) => record.endedAt === null);
    for (const stored of standing) stored.record = requireRenewal(stored.record, now);
    this.changes++;
    return standing.length;
  }

  async moveOut(personId: string, playerId: string): Promise<number> {
    const standing = [...(this.sessionsOf.get(personId) ?? [])].filter(
      ({ identity, record }) => record.endedAt === null && identity.playerId === playerId,
    );
    for (const stored of standing) this.end(stored, 'moved');
    return standing.length;
  }

  async mergeDay({ day, humanId, personId, play, playerId, previousPersonId, world }: MergeRequest): Promise<void> {
    const merged = this.dayOf(personId, day, world);
    const accounts = [
      { name: 'p', intervals: play.provider, subject: null },
      ...[...play.games].map(([game, intervals]) => ({ name: `g:${game}`, intervals, subject: { game, agent: '' } })),
      ...[...play.agents].map(([agent, intervals]) => ({
        name: `a:${agent}`,
        intervals,
        subject: { game: '', agent },
      })),
    ];
    const owner = { world, personId, playerId, previousPersonId };
    for (const { intervals, name, subject } of accounts) {
      for (const interval of intervals) {
        const hasGrown = this.grow(merged, name, interval);
        if (subject === null) continue;
        const isNew = name.startsWith('g:') && this.grow(merged, `m:${previousPersonId}`, interval);
        if (!hasGrown && !isNew) continue;
        // Play of a game that the person had already goes over all the same, to no account: the previous person's counts no more.
        this.append(mergedFields(owner, hasGrown ? subject : NO_SUBJECT, day.date, interval));
      }
    }
    if (Object.keys(merged.accounts).length > 0) this.days.set(dayKey(personId, day.date), merged);
    if (humanId === null) return;
    const human = this.dayOf(humanId, day, world);
    human.accounts.x = unionIntervals(human.accounts.x ?? [], play.provider);
    this.days.set(dayKey(humanId, day.date), human);
  }

  /** Whether the account did not hold all of it before. */
  private grow(day: StoredDay, account: string, interval: Interval): boolean {
    const before = day.accounts[account] ?? [];
    const grown = addInterval(before, interval, this.intervalsMax);
    if (measureIntervals(grown) === measureIntervals(before)) return false;
    day.accounts[account] = grown;
    return true;
  }

  async restoreDay({ day, human, personId, play, world }: DayRestore): Promise<void> {
    const restored = this.dayOf(personId, day, world);
    const restore = ({ accounts }: StoredDay, account: string, intervals: readonly Interval[]) => {
      if (intervals.length > 0)
        accounts[account] = unionIntervals(accounts[account] ?? [], intervals, this.intervalsMax);
    };
    restore(restored, 'p', play.provider);
    for (const [gameId, intervals] of play.games) restore(restored, `g:${gameId}`, intervals);
    for (const [agentId, intervals] of play.agents) restore(restored, `a:${agentId}`, intervals);
    restored.knownSince = this.epoch.name;
    this.days.set(dayKey(personId, day.date), restored);
    this.changes++;
    if (human === null || human.play.length === 0) return;
    const ofHuman = this.dayOf(human.humanId, day, world);
    restore(ofHuman, 'x', human.play);
    this.days.set(dayKey(human.humanId, day.date), ofHuman);
  }

  async restoreSession({ context, identity, plan, proof, unrecorded }: SessionRestore): Promise<boolean> {
    const known = this.sessions.get(identity.sessionId);
    if (known !== undefined && worldName(known.identity.world) !== worldName(identity.world)) return true;
    if (!isBehind(known?.record ?? null, proof)) return true;
    const record = restoreSession(proof, plan, scopesOf(identity));
    if (known !== undefined) this.remove(known);
    const stored = { storedAt: this.clock.now(), identity, context, record, close: null };
    this.add(stored);
    const kept = this.accountsOf(identity, proof.date);
    const accounts = restoreDay(kept, EMPTY_DAY, provenPlay(proof), record.scopes, this.intervalsMax);
    this.saveDay(stored, proof.date, accounts);
    const noted = unrecorded.map((interval) => ({ kind: 'play', date: proof.date, ...interval, leasedMs: 0 }) as const);
    this.appendAll(stored, noted, NO_CAUSE);
    return true;
  }

  async readEpoch(): Promise<string> {
    return this.epoch.name;
  }

  private isDayKnown({ personId, world }: SessionIdentity, { date, startsAt }: CalendarDay): boolean {
    if (world.mode === 'live' && startsAt >= this.epoch.since) return true;
    return this.days.get(dayKey(personId, date))?.knownSince === this.epoch.name;
  }

  async noteRefusal(refusal: RefusedStart): Promise<void> {
    this.append(refusedFields(refusal));
  }

  async expireSilent(nowOf: (world: World) => Instant): Promise<number> {
    let expired = 0;
    for (const stored of this.sessions.values()) {
      const { identity, record } = stored;
      if (record.endedAt !== null || isLive(record, nowOf(identity.world))) continue;
      this.end(stored, 'silence');
      expired++;
    }
    this.forget();
    return expired;
  }

  async readEntries(_partition: string, countMax: number): Promise<readonly StreamEntry[]> {
    return this.entries.slice(0, countMax);
  }

  async trimEntries(_partition: string, entryIds: readonly string[]): Promise<void> {
    const trimmed = new Set(entryIds);
    this.entries = this.entries.filter(({ entryId }) => !trimmed.has(entryId));
    this.changes++;
  }

  async readBacklog(): Promise<readonly Backlog[]> {
    const [oldest] = this.entries;
    if (oldest === undefined) return [];
    return [{ partition: PARTITION, waiting: this.entries.length, oldestEntryId: oldest.entryId }];
  }

  async checkReady(): Promise<{ readonly store: string; readonly clock: string }> {
    return { store: 'ok', clock: 'ok' };
  }

  async close(): Promise<void> {}

  snapshot(): MemorySnapshot {
    return {
      sessions: [...this.sessions.values()],
      days: [...this.days],
      entries: this.entries,
      lastEntryMs: this.entryIds.lastMs,
    };
  }

  restore(snapshot: MemorySnapshot): void {
    for (const stored of snapshot.sessions) this.add({ ...stored, record: withPace(stored.record) });
    for (const [key, day] of snapshot.days) this.days.set(key, day);
    this.entries = [...snapshot.entries];
    this.entryIds.continueAfter(snapshot.lastEntryMs);
  }

  private add(stored: StoredSession): void {
    const { sessionId, personId } = stored.identity;
    this.sessions.set(sessionId, stored);
    const siblings = this.sessionsOf.get(personId) ?? new Set();
    this.sessionsOf.set(personId, siblings.add(stored));
  }

  private remove(stored: StoredSession): void {
    const { personId, sessionId } = stored.identity;
    this.sessions.delete(sessionId);
    const siblings = this.sessionsOf.get(personId);
    siblings?.delete(stored);
    if (siblings?.size === 0) this.sessionsOf.delete(personId);
  }

  private accountsOf(identity: SessionIdentity, date: string): DayAccounts {
    const read = (scope: LedgerScope) => {
      const place = placeOf(identity, scope);
      return place === null ? [] : (this.days.get(dayKey(place.ownerId, date))?.accounts[place.account] ?? []);
    };
    return { game: read('game'), provider: read('provider'), agent: read('agent'), person: read('person') };
  }

  private saveDay({ identity, record }: StoredSession, date: string, accounts: DayAccounts): void {
    for (const scope of record.scopes) {
      const place = placeOf(identity, scope);
      if (place === null || accounts[scope].length === 0) continue;
      const day = this.dayOf(place.ownerId, { ...record.plan.day, date }, identity.world);
      day.accounts[place.account] = accounts[scope];
      this.days.set(dayKey(place.ownerId, date), day);
    }
  }

  /** The day as it is kept, or an empty one that is not kept yet. */
  private dayOf(personId: string, day: CalendarDay, world: World): StoredDay {
    const kept = this.days.get(dayKey(personId, day.date));
    return kept ?? { storedAt: this.clock.now(), endsAt: day.endsAt, world, accounts: {} };
  }

  private liveSessionsOf(personId: string, now: Instant): StoredSession[] {
    return [...(this.sessionsOf.get(personId) ?? [])].filter(
      ({ record }) => record.plan.metered && isLive(record, now),
    );
  }

  private end(stored: StoredSession, cause: 'silence' | 'takeover' | 'moved'): void {
    const { identity, record } = stored;
    const { date } = record.plan.day;
    const outcome = endAtLastBeat(record, { [date]: this.accountsOf(identity, date) }, cause);
    stored.record = outcome.session;
    this.appendAll(stored, outcome.entries, NO_CAUSE);
  }

  private appendAll(stored: StoredSession, entries: readonly LedgerEntry[], cause: EntryCause): void {
    this.changes++;
    for (const entry of entries) this.append(ledgerFields(stored.identity, stored.context, entry, cause));
  }

  private append(fields: StreamEntry['fields']): void {
    this.changes++;
    this.entries.push({ entryId: this.entryIds.next(), fields });
  }

  /** Drops what is past keeping, as key expiry does in Redis. */
  private forget(): void {
    const now = this.clock.now();
    const isPast = (world: World, dayEndsAt: Instant, storedAt: Instant) =>
      now > (world.mode === 'live' ? dayEndsAt : storedAt) + KEEP_AFTER_DAY_MS;
    for (const stored of this.sessions.values()) {
      const { identity, record } = stored;
      if (!isPast(identity.world, record.plan.day.endsAt, stored.storedAt)) continue;
      this.remove(stored);
    }
    for (const [key, day] of this.days) {
      if (isPast(day.world, day.endsAt, day.storedAt)) this.days.delete(key);
    }
  }
}

/** Whose day an account is in, and its name there; null: the session has no such account. */
function placeOf(
  { agentId, gameId, humanId, personId }: SessionIdentity,
  scope: LedgerScope,
): { readonly ownerId: string; readonly account: string } | null {
  switch (scope) {
    case 'game':
      return { ownerId: personId, account: `g:${gameId}` };
    case 'provider':
      return { ownerId: personId, account: 'p' };
    case 'agent':
      return agentId === null ? null : { ownerId: personId, account: `a:${agentId}` };
    case 'person':
      return humanId === null ? null : { ownerId: humanId, account: 'x' };
  }
}

const scopesOf = (identity: SessionIdentity): readonly LedgerScope[] =>
  LEDGER_SCOPES.filter((scope) => placeOf(identity, scope) !== null);

const dayKey = (personId: string, date: string): string => `${personId}:${date}`;
const conflictOf = (identity: SessionIdentity) => ({ sessionId: identity.sessionId, gameId: identity.gameId });
