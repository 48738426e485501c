// Beats and closes: record (store) -> decide (policy) -> reply. The path of every heartbeat.
import type {
  BatchHeartbeatResult,
  BatchHeartbeatsRequest,
  CloseSessionReply,
  ErrorCode,
  HeartbeatReply,
  HeartbeatRequest,
} from '@playgate/contract';
import {
  type Allowance,
  type BeatDecision,
  type DecisionSource,
  decideBeat,
  type EndCause,
  type EndReason,
  formatInstant,
  type Instant,
  nextStartAt,
  type Pace,
  type PlayState,
  type UsedMs,
} from '@playgate/policy';
import type { Players } from '../directory/directory.ts';
import type { SessionClaims } from '../directory/principal.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import { adjustUsed, toldUsed } from './adjusted-used.ts';
import { type AllowanceBook, isAttended } from './allowance-book.ts';
import { type ReceiptedBeat, recordBatch } from './batch-recovery.ts';
import type { BookRecovery } from './book-recovery.ts';
import type { FallbackRecord } from './fallback-record.ts';
import { PlanRenewal } from './plan-renewal.ts';
import { seqOfProof } from './proof-text.ts';
import {
  type BeatOutcome,
  type FailedBeat,
  failedBy,
  onlyReply,
  type RecordingPorts,
  recordRenewed,
} from './record-beats.ts';
import { decodeContext, type SessionContext } from './session-context.ts';
import { byScope, heartbeatReply, NOTHING_USED, type PlayAnswer } from './session-reply.ts';
import { type BeatReply, type BeatRequest, LedgerUnavailableError, type SessionStore } from './session-store.ts';
import { UnmeteredFallback } from './unmetered-fallback.ts';

/** A stop has the reason of the rule whose edge it was. */
export const REASON_OF_CAUSE: Readonly<Record<Exclude<EndCause, 'stop'>, EndReason>> = {
  game: 'daily_budget_spent',
  provider: 'daily_budget_spent',
  agent: 'daily_budget_spent',
  person: 'daily_budget_spent',
  silence: 'session_lost',
  closed: 'session_closed',
  takeover: 'session_taken_over',
  // A new session is counted for the person the player turned out to be.
  moved: 'session_closed',
  order: 'agent_ended',
};

export interface SessionJudgeOptions {
  readonly store: Pick<SessionStore, 'recordBeats' | 'renewSessions'>;
  readonly allowances: AllowanceBook;
  readonly players: Pick<Players, 'findProfile'>;
  readonly fallback: FallbackRecord;
  /** What sessions are told now, by how loaded this gateway is. Asked once for each request. */
  readonly paceNow: () => Pace;
  /** Null: nothing is done about books that were lost. */
  readonly recovery: BookRecovery | null;
  /** Told of what went wrong without changing an answer. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

type Found = Exclude<BeatReply, { status: 'not_found' }>;

interface Judged {
  readonly context: SessionContext;
  /** The same, encoded. */
  readonly contextText: string;
  readonly seq: number;
  readonly allowance: Allowance;
  readonly decision: BeatDecision;
  readonly used: UsedMs;
  /** What counts of the allowance's day, with play that has gone on since the last beat. */
  readonly running: UsedMs;
  readonly intervalMs: number;
  readonly leaseEndsAt: Instant;
  readonly now: Instant;
  readonly source: DecisionSource;
}

export class SessionJudge {
  private readonly options: SessionJudgeOptions;
  private readonly unmetered: UnmeteredFallback;
  private readonly recording: RecordingPorts;
  private readonly renewal: PlanRenewal;

  constructor(options: SessionJudgeOptions) {
    this.options = options;
    this.renewal = new PlanRenewal(options);
    this.recording = { store: options.store, renew: (request, reply) => this.renewal.renew(request, reply) };
    this.unmetered = new UnmeteredFallback(options);
  }

  async heartbeat(claims: SessionClaims, beat: HeartbeatRequest, now: Instant): Promise<HeartbeatReply> {
    const { sessionId, world } = claims;
    const request = beatRequest(world, { sessionId, seq: beat.seq, state: beat.state }, now, this.options.paceNow());
    const reply = await this.recordOwn(claims, request, beat.receipt).catch((error: unknown) => {
      // Nothing asks for beats of play that is not counted; one that comes is answered without the ledger too.
      if (claims.metered || !(error instanceof LedgerUnavailableError)) throw error;
      return undefined;
    });
    if (reply !== undefined && reply.status !== 'not_found') {
      const outdated: Found[] = [];
      const answer = this.answerBeat(reply, now, outdated);
      if (outdated.length > 0) this.renewal.renewOutdated(claims.world, outdated, now);
      const { recovery } = this.options;
      if (reply.proof === null || recovery === null) return answer;
      return Object.assign(answer, { receipt: recovery.issueReceipt(claims.sessionId, reply.proof) });
    }
    if (!claims.metered) return this.answerUnmetered(claims, beat.seq, now);
    throw new Fault('not_found', 'There is no such session.');
  }

  /**
   * One result per beat, in order; one that is unknown, cannot be asked for or cannot be judged spoils nothing. Rejects with a
   * LedgerUnavailableError where none could be recorded.
   */
  async heartbeats(
    world: World,
    { beats, receipts = false }: BatchHeartbeatsRequest,
    now: Instant,
  ): Promise<readonly BatchHeartbeatResult[]> {
    const pace = this.options.paceNow();
    const requests = beats.map((beat) => beatRequest(world, beat, now, pace));
    const outcomes = await this.recordBatch(beats, requests, receipts);
    const outdated: Found[] = [];
    const results = outcomes.map((outcome, index): BatchHeartbeatResult => {
      const { sessionId } = beats[index]!;
      if (outcome.status === 'failed') return { sessionId, code: codeOf(outcome) };
      if (outcome.status === 'not_found') return { sessionId, code: 'not_found' };
      try {
        const answer = this.answerBeat(outcome, now, outdated);
        const receipt = receipts ? this.batchReceipt(sessionId, outcome) : {};
        return { sessionId, ...resultOf(answer), ...receipt };
      } catch (error) {
        return { sessionId, code: codeOf(failedBy(error)) };
      }
    });
    if (outdated.length > 0) this.renewal.renewOutdated(world, outdated, now);
    return results;
  }

  private recordBatch(
    beats: readonly ReceiptedBeat[],
    requests: readonly BeatRequest[],
    receipts: boolean,
  ): Promise<readonly BeatOutcome[]> {
    const ports = { recovery: this.options.recovery, record: (held: readonly BeatRequest[]) => this.record(held) };
    return recordBatch(ports, { beats, requests, receipts });
  }

  private batchReceipt(sessionId: string, reply: Found): { readonly receipt?: string } {
    const { recovery } = this.options;
    if (recovery === null || reply.proof === null) return {};
    return { receipt: recovery.issueBatchReceipt(sessionId, reply.proof, reply) };
  }

  async close(
    world: World,
    sessionId: string,
    request: {
      readonly seq?: number | undefined;
      readonly reason: string;
      readonly receipt?: string | undefined;
      readonly enforcement?: { readonly verdictSeq: number; readonly endedAt: string } | undefined;
    },
    now: Instant,
    claims: SessionClaims | null,
  ): Promise<CloseSessionReply> {
    const endedText = request.enforcement?.endedAt;
    // A device whose clock stands before 1970 is told as 1970: instants of the ledger are never negative.
    const clientEndedAt = endedText === undefined ? null : Math.max(0, Date.parse(endedText));
    const close = { reason: request.reason, clientEndedAt, verdictSeq: request.enforcement?.verdictSeq ?? null };
    const closing = {
      sessionId,
      world,
      seq: request.seq ?? null,
      kind: 'close',
      now,
      pace: null,
      renewal: null,
      close,
    } as const;
    const reply =
      claims === null
        ? onlyReply(await this.recordBatch([{ sessionId, receipt: request.receipt }], [closing], false))
        : await this.recordOwn(claims, closing, request.receipt);
    if (reply.status === 'not_found') {
      // A session that was opened while the ledger was away is on no record but its own token.
      if (claims?.metered === false) {
        this.unmetered.noteClose(claims, close, now);
        return unrecordedClose(request.reason, now);
      }
      throw new Fault('not_found', 'There is no such session.');
    }
    const closedAt = reply.closedAt ?? now;
    return {
      closedAt: formatInstant(closedAt),
      reason: reply.close?.reason ?? request.reason,
      used: toldUsed(this.usedOf(reply, decodeContext(reply.context))),
      timeToEnforceMs: timeToEnforce(reply.limitAt, reply.close?.clientEndedAt ?? null, closedAt),
    };
  }

  /** A beat of the session's own client, which may hold a receipt: by that it goes on where the books have lost it. */
  private async recordOwn(
    claims: SessionClaims,
    request: BeatRequest,
    receipt: string | undefined,
  ): Promise<BeatReply> {
    const { recovery } = this.options;
    if (recovery === null || !claims.metered) return onlyReply(await this.record([request]));
    const heldSeq = receipt === undefined ? null : seqOfProof(receipt);
    const reply = onlyReply(await this.record([{ ...request, heldSeq }]));
    const isLost = reply.status === 'not_found' || reply.status === 'behind';
    if (!isLost || receipt === undefined) return reply;
    await recovery.restoreSession(claims, receipt, request);
    return onlyReply(await this.record([{ ...request, heldSeq: null }]));
  }

  private record(requests: readonly BeatRequest[]): Promise<readonly BeatOutcome[]> {
    return recordRenewed(this.recording, requests);
  }

  /** Adds `reply` to `outdated` where its plan is of another version of the policy than the answer. */
  private answerBeat(reply: Found, now: Instant, outdated: Found[]): HeartbeatReply {
    // A beat that came late is judged at the last instant the session knows.
    const at = Math.max(now, reply.lastBeatAt);
    const allowance = this.options.allowances.allowanceOf(reply.context, at);
    const isOfToday = reply.endedAt === null || reply.endedAt >= allowance.day.startsAt;
    const context = this.options.allowances.contextOf(reply.context);
    if (context.policyVersion !== allowance.policy.document.version && reply.endedAt === null) outdated.push(reply);
    const ofSession = this.usedOf(reply, context);
    const used = isOfToday ? byScope(ofSession, context.isHumanKnown) : NOTHING_USED;
    const running = reply.status === 'repeated' ? withRunning(used, reply, allowance, at) : used;
    const judged = decideBeat(allowance, running, this.endReasonOf(reply), at);
    const isOpenStill = reply.status === 'repeated' && reply.endedAt === null;
    const decision = isOpenStill && judged.verdict === 'end' ? nothingLeft(judged, at) : judged;
    return this.reply(
      {
        context,
        contextText: reply.context,
        seq: reply.seq,
        allowance,
        decision,
        used: ofSession,
        running,
        intervalMs: reply.intervalMs,
        leaseEndsAt: reply.leaseEndsAt,
        now: at,
        source: 'live',
      },
      used,
    );
  }

  /** Play that is not counted is judged by what the token says: hours of a place may still end it. */
  private answerUnmetered(claims: SessionClaims, seq: number, now: Instant): HeartbeatReply {
    this.unmetered.noteBeat(claims, now);
    const allowance = this.options.allowances.allowanceOf(claims.context, now);
    const decision = decideBeat(allowance, NOTHING_USED, null, now);
    const used = NOTHING_USED;
    const context = decodeContext(claims.context);
    const { intervalMs } = allowance.policy.document.heartbeat;
    const session = { context, contextText: claims.context, seq, intervalMs, leaseEndsAt: now };
    return this.reply({ ...session, allowance, decision, used, running: used, now, source: 'fallback' }, used);
  }

  /** `usedToday` says when a next session could start; it is not the used time of a session that ended on another day. */
  private reply(judged: Judged, usedToday: UsedMs): HeartbeatReply {
    const { allowance, context, decision, intervalMs, leaseEndsAt, now, seq, source, used } = judged;
    const isEnded = decision.verdict === 'end';
    const place = { rating: context.rating, isAttended: isAttended(allowance, context) };
    const { allowances } = this.options;
    const running = { used: judged.running, now, endsAt: decision.endsAt };
    const nextAllowedAt = isEnded
      ? nextStartAt(allowance, usedToday, now)
      : allowances.nextStartAfter(judged.contextText, allowance, running);
    const times = { intervalMs, leaseEndsAt, now, nextAllowedAt };
    const answer: PlayAnswer = { ...decision, allowance, ...place, used, isEnded, source, ...times };
    return heartbeatReply(answer, decision, seq);
  }

  /** Play of the session's day as it counts. */
  private usedOf(reply: Found, context: SessionContext): UsedMs {
    if (context.adjustment === null) return reply.used;
    return adjustUsed(reply.used, this.options.allowances.resolve(context, reply.endedAt ?? reply.lastBeatAt));
  }

  private endReasonOf(reply: Found): EndReason | null {
    if (reply.endedAt === null || reply.endCause === null) return null;
    if (reply.endCause !== 'stop') return REASON_OF_CAUSE[reply.endCause];
    const { refusal } = this.options.allowances.resolve(decodeContext(reply.context), reply.endedAt);
    return refusal?.reason ?? 'outside_window';
  }
}

/** What a batch tells of an answer. */
function resultOf(answer: HeartbeatReply) {
  const { seq, verdict, remainingMs, endsAt, bindingRule, nextHeartbeatMs, leaseExpiresAt } = answer;
  const reason = 'reason' in answer ? { reason: answer.reason } : {};
  return { seq, verdict, ...reason, remainingMs, endsAt, bindingRule, nextHeartbeatMs, leaseExpiresAt };
}

const codeOf = ({ error }: FailedBeat): ErrorCode => (error instanceof Fault ? error.code : 'ledger_unavailable');

function unrecordedClose(reason: string, now: Instant): CloseSessionReply {
  return { closedAt: formatInstant(now), reason, used: { gameMs: 0, providerMs: 0 }, timeToEnforceMs: null };
}

interface SessionBeat {
  readonly sessionId: string;
  readonly seq: number;
  readonly state: PlayState;
}

function beatRequest(world: World, { seq, sessionId, state }: SessionBeat, now: Instant, pace: Pace): BeatRequest {
  return { sessionId, world, seq, kind: state, now, pace, renewal: null, close: null, sinceMs: performance.now() };
}

/**
 * A repeated beat credits nothing, but play has gone on since the last accepted one. What is left is told as if that had
 * been counted already; else each repetition would hand out the time once more.
 */
export function withRunning(
  used: UsedMs,
  reply: Pick<Found, 'state' | 'endedAt' | 'lastBeatAt' | 'intervalMs' | 'leaseEndsAt'>,
  allowance: Allowance,
  now: Instant,
): UsedMs {
  if (reply.state !== 'active' || reply.endedAt !== null || !allowance.metered) return used;
  const isProven = now <= reply.leaseEndsAt;
  const provenMs = isProven ? now - Math.max(reply.lastBeatAt, allowance.day.startsAt) : reply.intervalMs;
  return {
    game: used.game + provenMs,
    provider: used.provider + provenMs,
    agent: used.agent + provenMs,
    person: used.person + provenMs,
  };
}

/**
 * A repeated beat ends nothing in the books, so it tells no end either, after which nothing would count: only that the time is
 * over. The next beat, or the close of a client that stops by itself, ends the session.
 */
const nothingLeft = (end: BeatDecision, now: Instant): BeatDecision => ({
  ...end,
  verdict: 'warn',
  reason: null,
  remainingMs: 0,
  endsAt: now,
});

/** From the limit to the end of play as the client tells it, kept within what the server knows; null: not told or no limit. */
function timeToEnforce(limitAt: Instant | null, clientEndedAt: Instant | null, closedAt: Instant): number | null {
  if (limitAt === null || clientEndedAt === null) return null;
  return Math.min(Math.max(clientEndedAt, limitAt), closedAt) - limitAt;
}
