// A start: who, what and where -> resolve (policy) -> open (store) -> decide (policy) -> reply.
import type { OpenSessionRequest, SessionDenied, SessionOpened } from '@playgate/contract';
import {
  type Allowance,
  decideBeat,
  decideStart,
  type Instant,
  intervalAt,
  leaseAt,
  measureIntervals,
  openSessionRecord,
  type Pace,
  proofOf,
  type StartDecision,
  sumAdjustments,
  type UsedMs,
} from '@playgate/policy';
import type { Agents, Game, Games, PlayerProfile, Players, Station } from '../directory/directory.ts';
import type { AgeTokens, SessionTokens } from '../directory/tokens.ts';
import type { World } from '../directory/world.ts';
import { Fault } from '../fault.ts';
import { adjustUsed } from './adjusted-used.ts';
import { type AllowanceBook, isAttended, planOf } from './allowance-book.ts';
import type { BookRecovery } from './book-recovery.ts';
import type { FallbackRecord } from './fallback-record.ts';
import { encodeProof } from './proof-text.ts';
import { encodeContext, type SessionContext, type SessionProtocol } from './session-context.ts';
import { byScope, NOTHING_USED, plainDenial, playAllowance, sessionDenied } from './session-reply.ts';
import {
  LedgerUnavailableError,
  type OpenOutcome,
  type OpenRequest,
  type SessionIdentity,
  type SessionStore,
} from './session-store.ts';
import { fallbackFields, openedFields, refusedFields } from './stream-entry.ts';

/** A session token outlives the longest session that makes sense; the ledger, not the token, ends play. */
export const SESSION_TOKEN_TTL_MS = 48 * 3_600_000;

export interface SessionOpenerOptions {
  readonly store: Pick<SessionStore, 'newSessionId' | 'noteRefusal' | 'open' | 'readDay'>;
  readonly allowances: AllowanceBook;
  readonly games: Pick<Games, 'find'>;
  readonly agents: Pick<Agents, 'findStation'>;
  readonly players: Pick<Players, 'findProfile'>;
  readonly ageTokens: Pick<AgeTokens, 'verify'>;
  readonly sessionTokens: Pick<SessionTokens, 'issue'>;
  readonly fallback: FallbackRecord;
  /** What sessions are told now, by how loaded this gateway is. */
  readonly paceNow: () => Pace;
  /** Null: nothing is done about books that were lost. */
  readonly recovery: BookRecovery | null;
  /** Told of what went wrong without changing an answer. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

type Denied = Extract<StartDecision, { verdict: 'denied' }>;

/** A start on its way: who, what and where, and the allowance that follows. */
interface Start {
  readonly world: World;
  readonly game: Game;
  readonly station: Station | null;
  readonly profile: PlayerProfile;
  readonly facts: SessionContext;
  /** `facts` as text. */
  readonly context: string;
  readonly allowance: Allowance;
  readonly now: Instant;
}

/** How a session was let in. */
interface Opening {
  readonly sessionId: string;
  readonly used: UsedMs;
  readonly pace: Pace;
  readonly source: 'live' | 'fallback';
}

export class SessionOpener {
  private readonly options: SessionOpenerOptions;

  constructor(options: SessionOpenerOptions) {
    this.options = options;
  }

  /** Throws a Fault for an unknown game or station and for a token that is not one of this world's. */
  async open(
    world: World,
    request: OpenSessionRequest,
    now: Instant,
    protocol: SessionProtocol,
  ): Promise<SessionOpened | SessionDenied> {
    const game = await this.options.games.find(world, request.gameId);
    if (game === null) throw new Fault('not_found', 'There is no such game.');
    const station = await this.findStation(request.stationToken);
    const profile = await this.findPlayer(world, request.ageToken, now);
    if (profile === null || profile.facts.ageBand === null) {
      const answer = { allowance: null, rating: game.rating, used: null, conflicts: [], source: 'live', now } as const;
      return sessionDenied(answer, plainDenial('unverified'));
    }
    const inForce = this.options.allowances.inForce(game.policyId, now);
    if (inForce === null) throw new Fault('unprocessable', 'The policy of the game is not in force at this time.');
    const facts: SessionContext = {
      policyId: game.policyId,
      policyVersion: inForce.version,
      ageBand: profile.facts.ageBand,
      isVerified: profile.facts.verified,
      verifiedPhoneCountry: profile.facts.verifiedPhoneCountry,
      hasGuardian: profile.facts.hasGuardian,
      rating: game.rating,
      agentHours: station?.agent.hours ?? null,
      guardianRules: profile.guardianRules,
      isHumanKnown: profile.humanId !== null,
      adjustment: sumAdjustments(profile.adjustments, inForce.date, game.gameId),
      assurance: profile.assurance,
      protocol,
    };
    const context = encodeContext(facts);
    const allowance = this.options.allowances.allowanceOf(context, now);
    const start = { world, game, station, profile, facts, context, allowance, now };
    return allowance.refusal === null ? this.admit(start) : this.refuse(start);
  }

  private async findStation(stationToken: string | undefined): Promise<Station | null> {
    if (stationToken === undefined) return null;
    const station = await this.options.agents.findStation(stationToken);
    if (station === null) throw new Fault('not_found', 'There is no such station.');
    return station;
  }

  private async findPlayer(world: World, ageToken: string | null, now: Instant): Promise<PlayerProfile | null> {
    if (ageToken === null) return null;
    const claims = await this.options.ageTokens.verify(world, ageToken, now);
    if (claims === null) {
      const field = { path: 'ageToken', message: 'not a valid, unexpired age token of this provider and mode' };
      throw new Fault('unauthenticated', 'The age token is not valid.', [field]);
    }
    return this.options.players.findProfile(world, claims.playerId, now);
  }

  /** Denies what is refused whatever was played. */
  private async refuse(start: Start): Promise<SessionDenied> {
    const used = await this.usedBy(start);
    // The next allowed time of a refusal takes the budget over all providers as if only this one were played.
    const decision = decideStart(start.allowance, byScope(used ?? NOTHING_USED, false), start.now);
    return this.deny(start, decision, used);
  }

  private async admit(start: Start): Promise<SessionOpened | SessionDenied> {
    const { allowance, context, facts, now, profile } = start;
    const identity = { ...identityOf(start), sessionId: this.options.store.newSessionId(profile.personId) };
    const { concurrency, minStartMs } = allowance.policy.document;
    const plan = planOf(allowance, facts);
    const pace = this.options.paceNow();
    const request: OpenRequest = { identity, plan, context, concurrency, minStartMs, now, pace };
    let outcome: OpenOutcome;
    try {
      outcome = await this.openInBooks(request);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      this.options.onTrouble('a start met an unavailable ledger', error);
      return this.answerWithoutLedger(start, request);
    }
    const { sessionId } = identity;
    const used = adjustUsed(outcome.used, allowance);
    if (outcome.status === 'opened') {
      const opened = await this.opened(start, { sessionId, used, pace, source: 'live' });
      return { ...opened, ...this.firstReceipt(request) };
    }
    const decision = decideStart(allowance, byScope(used, facts.isHumanKnown), now);
    if (outcome.status === 'concurrent') {
      return this.deny(start, plainDenial('concurrent_session'), used, outcome.conflicts);
    }
    return this.deny(start, decision.verdict === 'denied' ? decision : plainDenial('too_little_left'), used);
  }

  /** What was played today is brought back from the record first, where the books may have lost some of it. */
  private async openInBooks(request: OpenRequest): Promise<OpenOutcome> {
    const { recovery, store } = this.options;
    if (recovery === null) return store.open(request);
    const asked = { ...request, needsWholeDay: true };
    const outcome = await store.open(asked);
    if (outcome.status !== 'day_unknown') return outcome;
    await recovery.restoreDay(request.identity, request.plan.day);
    const again = await store.open(asked);
    if (again.status === 'day_unknown') throw new LedgerUnavailableError('the books were lost again during the start');
    return again;
  }

  private firstReceipt({ identity, now, pace, plan }: OpenRequest): { readonly receipt?: string } {
    if (this.options.recovery === null || !plan.metered) return {};
    const proof = proofOf(openSessionRecord(plan, [], now, pace), []);
    return {
      receipt: this.options.recovery.issueReceipt(identity.sessionId, encodeProof({ ...identity, proof: proof! })),
    };
  }

  /** Without the books a minor may not start; a verified adult, whose play is not counted, may. */
  private async answerWithoutLedger(start: Start, request: OpenRequest): Promise<SessionOpened | SessionDenied> {
    const { context, identity, now, plan } = request;
    if (start.allowance.metered) {
      const denied = plainDenial('ledger_unavailable');
      const refusal = { identity, context, reason: denied.reason, used: null, at: now };
      this.options.fallback.note(fallbackFields(refusedFields(refusal)));
      return this.answerDenial(start, denied, null, 'fallback');
    }
    const opening = { at: now, used: NOTHING_USED, limitMs: plan.limitMs };
    this.options.fallback.note(fallbackFields(openedFields(identity, context, opening)));
    return this.opened(start, { sessionId: identity.sessionId, used: NOTHING_USED, pace: 1, source: 'fallback' });
  }

  private async opened(start: Start, { pace, sessionId, source, used }: Opening): Promise<SessionOpened> {
    const { allowance, context, facts, game, now, profile, world } = start;
    const claims = {
      sessionId,
      world,
      gameId: game.gameId,
      playerId: profile.playerId,
      metered: allowance.metered,
      context,
    };
    const sessionToken = await this.options.sessionTokens.issue(claims, now + SESSION_TOKEN_TTL_MS, now);
    const counted = byScope(used, facts.isHumanKnown);
    const decision = decideBeat(allowance, counted, null, now);
    const running = { used: counted, now, endsAt: decision.endsAt };
    const nextAllowedAt = this.options.allowances.nextStartAfter(context, allowance, running);
    const { heartbeat } = allowance.policy.document;
    const times = { intervalMs: intervalAt(heartbeat, pace), leaseEndsAt: now + leaseAt(heartbeat, pace) };
    const fixed = { rating: game.rating, isAttended: isAttended(allowance, facts), isEnded: false };
    const answer = { ...decision, allowance, ...fixed, used, ...times, source, now, nextAllowedAt };
    return { verdict: 'play', sessionId, sessionToken, ...playAllowance(answer) };
  }

  private async deny(
    start: Start,
    decision: StartDecision,
    used: UsedMs | null = null,
    conflicts: OpenOutcome['conflicts'] = [],
  ): Promise<SessionDenied> {
    const denied: Denied = decision.verdict === 'denied' ? decision : plainDenial('unverified');
    const { context, now } = start;
    const refusal = { identity: identityOf(start), context, reason: denied.reason, used, at: now };
    try {
      await this.options.store.noteRefusal(refusal);
    } catch (error) {
      this.options.onTrouble('a refusal met an unavailable ledger', error);
      this.options.fallback.note(fallbackFields(refusedFields(refusal)));
    }
    return this.answerDenial(start, denied, used, 'live', conflicts);
  }

  private answerDenial(
    start: Start,
    decision: Denied,
    used: UsedMs | null,
    source: 'live' | 'fallback',
    conflicts: OpenOutcome['conflicts'] = [],
  ): SessionDenied {
    const { allowance, game, now } = start;
    return sessionDenied({ allowance, rating: game.rating, used, conflicts, source, now }, decision);
  }

  /** What was played today, where it matters for the next allowed time; null: it does not, or the ledger is away. */
  private async usedBy({ allowance, game, profile, station }: Start): Promise<UsedMs | null> {
    if (allowance.budgets.length === 0 || allowance.refusal?.nextAllowedAt === null) return null;
    try {
      const day = await this.options.store.readDay(profile.personId, allowance.day.date, allowance.day.startsAt);
      const agent = station === null ? undefined : day.agents.get(station.agent.agentId);
      const measured = {
        game: measureIntervals(day.games.get(game.gameId) ?? []),
        provider: measureIntervals(day.provider),
        agent: measureIntervals(agent ?? []),
        person: 0,
      };
      return adjustUsed(measured, allowance);
    } catch (error) {
      this.options.onTrouble('a refusal was answered without the ledger', error);
      return null;
    }
  }
}

function identityOf({ allowance, game, profile, station, world }: Start): Omit<SessionIdentity, 'sessionId'> {
  return {
    world,
    personId: profile.personId,
    playerId: profile.playerId,
    gameId: game.gameId,
    agentId: station?.agent.agentId ?? null,
    stationId: station?.stationId ?? null,
    ageBand: profile.facts.ageBand!,
    humanId: allowance.budgets.some(({ scope }) => scope === 'person') ? profile.humanId : null,
  };
}
