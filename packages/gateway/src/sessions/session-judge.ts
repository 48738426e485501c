// Beats and closes: record (store) -> decide (policy) -> reply. The path of every heartbeat.
import type { BatchHeartbeatResult, CloseSessionReply, HeartbeatReply, HeartbeatRequest } from '@playgate/contract';
import {
  type Allowance,
  type BeatDecision,
  type DecisionSource,
  decideBeat,
  decideStart,
  type EndCause,
  type EndReason,
  formatInstant,
  type Instant,
  type PlayState,
  sumAdjustments,
  type UsedMs,
} from '@playgate/policy';
import type { Players } from '../directory/directory.ts';
import type { SessionClaims } from '../directory/principal.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import { adjustUsed, toldUsed } from './adjusted-used.ts';
import { type AllowanceBook, isAttended, planOf } from './allowance-book.ts';
import type { FallbackRecord } from './fallback-record.ts';
import { decodeContext, encodeContext, type SessionContext } from './session-context.ts';
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
  readonly store: Pick<SessionStore, 'recordBeats'>;
  readonly allowances: AllowanceBook;
  readonly players: Pick<Players, 'findProfile'>;
  readonly fallback: FallbackRecord;
  /** Told of what went wrong without changing an answer. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

type Found = Exclude<BeatReply, { status: 'not_found' }>;

interface Judged {
  readonly context: SessionContext;
  readonly seq: number;
  readonly allowance: Allowance;
  readonly decision: BeatDecision;
  readonly used: UsedMs;
  readonly lastBeatAt: Instant;
  readonly now: Instant;
  readonly source: DecisionSource;
}

export class SessionJudge {
  private readonly options: SessionJudgeOptions;
  private readonly unmetered: UnmeteredFallback;

  constructor(options: SessionJudgeOptions) {
    this.options = options;
    this.unmetered = new UnmeteredFallback(options);
  }

  async heartbeat(claims: SessionClaims, beat: HeartbeatRequest, now: Instant): Promise<HeartbeatReply> {
    const request = beatRequest(claims.world, claims.sessionId, beat.seq, beat.state, now);
    const [reply] = await this.record([request]).catch((error: unknown) => {
      // Nothing asks for beats of play that is not counted; one that comes is answered without the ledger too.
      if (claims.metered || !(error instanceof LedgerUnavailableError)) throw error;
      return [undefined];
    });
    if (reply !== undefined && reply.status !== 'not_found') return this.answerBeat(reply, now);
    if (!claims.metered) return this.answerUnmetered(claims, beat.seq, now);
    throw new Fault('not_found', 'There is no such session.');
  }

  /** One result per beat, in order; an unknown session spoils nothing. */
  async heartbeats(
    world: World,
    beats: readonly { readonly sessionId: string; readonly seq: number; readonly state: PlayState }[],
    now: Instant,
  ): Promise<readonly BatchHeartbeatResult[]> {
    const replies = await this.record(
      beats.map(({ sessionId, seq, state }) => beatRequest(world, sessionId, seq, state, now)),
    );
    return replies.map((reply, index) => {
      const { sessionId } = beats[index]!;
      if (reply.status === 'not_found') return { sessionId, code: 'not_found' };
      const { seq, verdict, remainingMs, endsAt, nextHeartbeatMs, ...rest } = this.answerBeat(reply, now);
      const reason = 'reason' in rest ? { reason: rest.reason } : {};
      return { sessionId, seq, verdict, ...reason, remainingMs, endsAt, nextHeartbeatMs };
    });
  }

  async close(
    world: World,
    sessionId: string,
    request: {
      readonly seq?: number | undefined;
      readonly reason: string;
      readonly enforcement?: { readonly verdictSeq: number; readonly endedAt: string } | undefined;
    },
    now: Instant,
    claims: SessionClaims | null,
  ): Promise<CloseSessionReply> {
    const endedText = request.enforcement?.endedAt;
    // A device whose clock stands before 1970 is told as 1970: instants of the ledger are never negative.
    const clientEndedAt = endedText === undefined ? null : Math.max(0, Date.parse(endedText));
    const close = { reason: request.reason, clientEndedAt, verdictSeq: request.enforcement?.verdictSeq ?? null };
    const [reply] = await this.record([
      { sessionId, world, seq: request.seq ?? null, kind: 'close', now, renewal: null, close },
    ]);
    if (reply === undefined || reply.status === 'not_found') {
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

  /** Records beats; those whose plan has run out are resolved anew and sent once more. */
  private async record(requests: readonly BeatRequest[]): Promise<readonly BeatReply[]> {
    const replies = [...(await this.options.store.recordBeats(requests))];
    const stale = replies.flatMap((reply, index) => (reply.status === 'stale' ? [{ reply, index }] : []));
    if (stale.length === 0) return replies;
    const renewed = await Promise.all(stale.map(({ reply, index }) => this.renew(requests[index]!, reply)));
    const again = await this.options.store.recordBeats(renewed);
    for (const [at, { index }] of stale.entries()) {
      const reply = again[at]!;
      if (reply.status === 'stale')
        throw new LedgerUnavailableError('the time of the world moved during the heartbeat');
      replies[index] = reply;
    }
    return replies;
  }

  /**
   * A new day may bring a new age band or policy, a guardian new rules: the directory is asked, the old facts are the
   * fallback. The session of a player who was erased meanwhile is closed by the beat.
   */
  private async renew(request: BeatRequest, reply: Found): Promise<BeatRequest> {
    const old = decodeContext(reply.context);
    // The time of a session never goes back, whatever the clock of its world does.
    const at = Math.max(request.now, reply.lastBeatAt);
    const { renewed, isFresh } = await this.renewContext(old, request, reply);
    const context = encodeContext(renewed ?? old);
    const allowance = this.options.allowances.allowanceOf(context, at);
    const plan = planOf(allowance, renewed ?? old);
    // Old facts hold for one interval only: what made them old may be a guardian's pause.
    const validUntilAt = isFresh ? plan.validUntilAt : Math.min(plan.validUntilAt, at + plan.intervalMs);
    const renewal = { plan: { ...plan, validUntilAt }, context };
    if (renewed !== null || request.kind === 'close') return { ...request, renewal };
    return { ...request, renewal, kind: 'close', close: { reason: 'erased', clientEndedAt: null, verdictSeq: null } };
  }

  /** `renewed` null: the player is not known any more; `isFresh` false: the directory could not be asked. */
  private async renewContext(
    old: SessionContext,
    request: BeatRequest,
    { gameId, playerId }: Found,
  ): Promise<{ readonly renewed: SessionContext | null; readonly isFresh: boolean }> {
    const inForce = this.options.allowances.inForce(old.policyId, request.now);
    const policyVersion = inForce?.version ?? old.policyVersion;
    try {
      const profile = await this.options.players.findProfile(request.world, playerId, request.now);
      if (profile === null) return { renewed: null, isFresh: true };
      const { adjustments, assurance, guardianRules, facts } = profile;
      const { ageBand, hasGuardian, verified: isVerified, verifiedPhoneCountry } = facts;
      const adjustment = inForce === null ? null : sumAdjustments(adjustments, inForce.date, gameId);
      // Let in while nothing was known, and the time for that is over.
      if (ageBand === null) return { renewed: { ...old, policyVersion, isVerified: false }, isFresh: true };
      const present = { ageBand, isVerified, hasGuardian, verifiedPhoneCountry, guardianRules, adjustment, assurance };
      return { renewed: { ...old, policyVersion, ...present }, isFresh: true };
    } catch (error) {
      this.options.onTrouble('a session was renewed with its old facts', error);
      return { renewed: { ...old, policyVersion }, isFresh: false };
    }
  }

  private answerBeat(reply: Found, now: Instant): HeartbeatReply {
    // A beat that came late is judged at the last instant the session knows.
    const at = Math.max(now, reply.lastBeatAt);
    const allowance = this.options.allowances.allowanceOf(reply.context, at);
    const isOfToday = reply.endedAt === null || reply.endedAt >= allowance.day.startsAt;
    const context = decodeContext(reply.context);
    const ofSession = this.usedOf(reply, context);
    const used = isOfToday ? byScope(ofSession, context.isHumanKnown) : NOTHING_USED;
    const running = reply.status === 'repeated' ? withRunning(used, reply, allowance, at) : used;
    const decision = decideBeat(allowance, running, this.endReasonOf(reply), at);
    return this.reply(
      {
        context,
        seq: reply.seq,
        allowance,
        decision,
        used: ofSession,
        lastBeatAt: reply.lastBeatAt,
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
    return this.reply({ context, seq, allowance, decision, used, lastBeatAt: now, now, source: 'fallback' }, used);
  }

  /** `usedToday` says when a next session could start; it is not the used time of a session that ended on another day. */
  private reply(judged: Judged, usedToday: UsedMs): HeartbeatReply {
    const { allowance, context, decision, lastBeatAt, now, seq, source, used } = judged;
    const isEnded = decision.verdict === 'end';
    const place = { rating: context.rating, isAttended: isAttended(allowance, context) };
    const answer: PlayAnswer = { ...decision, allowance, ...place, used, lastBeatAt, isEnded, source, now };
    return heartbeatReply(answer, decision, seq, isEnded ? nextStartAt(allowance, usedToday, now) : null);
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

function unrecordedClose(reason: string, now: Instant): CloseSessionReply {
  return { closedAt: formatInstant(now), reason, used: { gameMs: 0, providerMs: 0 }, timeToEnforceMs: null };
}

function beatRequest(world: World, sessionId: string, seq: number, kind: PlayState, now: Instant): BeatRequest {
  return { sessionId, world, seq, kind, now, renewal: null, close: null };
}

/**
 * A repeated beat credits nothing, but play has gone on since the last accepted one. What is left is told as if that had
 * been counted already; else each repetition would hand out the time once more.
 */
export function withRunning(
  used: UsedMs,
  reply: Pick<Found, 'state' | 'endedAt' | 'lastBeatAt'>,
  allowance: Allowance,
  now: Instant,
): UsedMs {
  if (reply.state !== 'active' || reply.endedAt !== null || !allowance.metered) return used;
  const { intervalMs, leaseMs } = allowance.policy.document.heartbeat;
  const silentMs = now - Math.max(reply.lastBeatAt, allowance.day.startsAt);
  const provenMs = silentMs <= leaseMs ? silentMs : intervalMs;
  return {
    game: used.game + provenMs,
    provider: used.provider + provenMs,
    agent: used.agent + provenMs,
    person: used.person + provenMs,
  };
}

/** When a new session could start: now, later, or null where time alone does not help. */
function nextStartAt(allowance: Allowance, used: UsedMs, now: Instant): Instant | null {
  const decision = decideStart(allowance, used, now);
  return decision.verdict === 'play' ? now : decision.nextAllowedAt;
}

/** From the limit to the end of play as the client tells it, kept within what the server knows; null: not told or no limit. */
function timeToEnforce(limitAt: Instant | null, clientEndedAt: Instant | null, closedAt: Instant): number | null {
  if (limitAt === null || clientEndedAt === null) return null;
  return Math.min(Math.max(clientEndedAt, limitAt), closedAt) - limitAt;
}
