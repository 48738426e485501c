// The gateway's own core as the far end of a simulation: books by recordBeat, answers by decideBeat, words by the gateway, and
// the shipped Vietnamese policy. Only store and transport are left out.
import { createHash } from 'node:crypto';
import type { CloseSessionRequest, HeartbeatReply, HeartbeatRequest, PlayAllowance } from '@playgate/contract/wire';
import {
  type Allowance,
  type Beat,
  type BeatOutcome,
  type DayLedger,
  dayOf,
  decideBeat,
  EMPTY_DAY,
  type EndReason,
  type Instant,
  loadPolicy,
  openSessionRecord,
  PACKS,
  type Pace,
  recordBeat,
  resolveAllowance,
  type SessionRecord,
  usedOfDay,
} from '@playgate/policy';
import { planOf } from '../../gateway/src/sessions/allowance-book.ts';
import { REASON_OF_CAUSE } from '../../gateway/src/sessions/session-judge.ts';
import { byScope, heartbeatReply, type PlayAnswer, playAllowance } from '../../gateway/src/sessions/session-reply.ts';

const POLICY = loadPolicy(PACKS[0], (text) => createHash('sha256').update(text).digest('hex'));
const ZONE = POLICY.document.zone;
/** A minor's limit for one game and day. */
const LIMIT_MS = 3_600_000;
const HOURS = { opensAt: '08:00', closesAt: '22:00' };

export interface PolicyLife {
  /** The gateway's clock when the machine's says 0, ms since the epoch. */
  readonly startsAt: Instant;
  /** What is left of the day's hour then. */
  readonly leftMs: number;
  /** Played in a café that closes at 22:00. */
  readonly isAtStation: boolean;
  /** By `seq`, over and over; the start is told the first. */
  readonly paces: readonly Pace[];
}

/** Times without `At` in a word of its own are the machine's, from 0 on. */
export class PolicyGateway {
  closed: CloseSessionRequest | null = null;
  readonly #life: PolicyLife;
  #session: SessionRecord;
  #days: DayLedger;

  constructor(life: PolicyLife) {
    this.#life = life;
    const { date } = dayOf(ZONE, life.startsAt);
    const before = [{ startsAt: life.startsAt - (LIMIT_MS - life.leftMs), endsAt: life.startsAt }];
    this.#days = { [date]: { ...EMPTY_DAY, game: before, provider: before, agent: life.isAtStation ? before : [] } };
    const scopes = life.isAtStation ? (['game', 'provider', 'agent'] as const) : (['game', 'provider'] as const);
    this.#session = openSessionRecord(this.#planAt(life.startsAt), scopes, life.startsAt, life.paces[0]);
  }

  get state(): SessionRecord['state'] {
    return this.#session.state;
  }

  get lastBeatAt(): number {
    return this.#session.lastBeatAt - this.#life.startsAt;
  }

  get leaseEndsAt(): number {
    return this.#session.leaseEndsAt - this.#life.startsAt;
  }

  /** How long before `now` the books, were they told of play from `playsSinceAt` until `now`, would have had it end; 0: not. */
  overrunMs(playsSinceAt: number, now: number): number {
    let outcome: Pick<BeatOutcome, 'session' | 'days'> = { session: this.#session, days: this.#days };
    for (const at of [playsSinceAt, now]) {
      if (at >= this.lastBeatAt) outcome = this.#record(outcome, { kind: 'active', seq: outcome.session.seq + 1 }, at);
    }
    const { limitAt } = outcome.session;
    return limitAt === null ? 0 : Math.max(0, now + this.#life.startsAt - limitAt);
  }

  allowance(now: number): PlayAllowance {
    return playAllowance(this.#answer(now).answer);
  }

  beat({ seq, state }: HeartbeatRequest, now: number): HeartbeatReply {
    const outcome = this.#record({ session: this.#session, days: this.#days }, { kind: state, seq }, now);
    this.#session = outcome.session;
    this.#days = outcome.days;
    const { answer, decision } = this.#answer(now);
    return heartbeatReply(answer, decision, this.#session.seq);
  }

  #record({ session, days }: Pick<BeatOutcome, 'session' | 'days'>, beat: Pick<Beat, 'kind' | 'seq'>, now: number) {
    const at = this.#life.startsAt + now;
    return recordBeat(session, days, { ...beat, now: at, pace: this.#paceOf(beat), plan: this.#planAt(at) });
  }

  /** Another with every beat. */
  #paceOf({ seq }: Pick<Beat, 'seq'>): Pace {
    const { paces } = this.#life;
    return paces[(seq ?? 0) % paces.length] ?? 1;
  }

  #answer(now: number) {
    const at = this.#life.startsAt + now;
    const allowance = this.#allowanceAt(at);
    const session = this.#session;
    // A repeated beat is answered with the play that has gone on since.
    const running = this.#record({ session, days: this.#days }, { kind: 'active', seq: session.seq + 1 }, now);
    const used = byScope(usedOfDay(running.days[allowance.day.date] ?? EMPTY_DAY), false);
    const decision = decideBeat(allowance, used, this.#endReason(allowance), at);
    const answer: PlayAnswer = {
      ...decision,
      allowance,
      rating: '00+',
      used,
      intervalMs: session.plan.intervalMs * session.pace,
      leaseEndsAt: session.leaseEndsAt,
      isAttended: true,
      isEnded: session.endedAt !== null,
      source: 'live',
      now: at,
      nextAllowedAt: null,
    };
    return { answer, decision };
  }

  #endReason({ stopRule }: Allowance): EndReason | null {
    const { endCause } = this.#session;
    if (endCause === 'stop') return stopRule?.reason ?? 'agent_closed';
    return endCause === null ? null : REASON_OF_CAUSE[endCause];
  }

  #planAt(at: Instant) {
    return planOf(this.#allowanceAt(at), { agentHours: this.#hours, isHumanKnown: false });
  }

  #allowanceAt(at: Instant): Allowance {
    const player = { ageBand: '16_17', verified: true, verifiedPhoneCountry: '+84', hasGuardian: true } as const;
    return resolveAllowance({ policy: POLICY, player, rating: '00+', agentHours: this.#hours, now: at });
  }

  get #hours() {
    return this.#life.isAtStation ? HOURS : null;
  }
}
