// New plans for sessions whose own holds no more: the day is over, or facts, rules or the policy have changed. The directory is
// asked for the player's facts; no answer waits for it longer than a moment, for SQL may be away, or hang.
import { type Instant, sumAdjustments } from '@playgate/policy';
import type { Players } from '../directory/directory.ts';
import type { World } from '../directory/world.ts';
import { LimitedTurns } from '../limited-turns.ts';
import { type AllowanceBook, planOf } from './allowance-book.ts';
import { beatWaitLeftMs } from './beat-wait.ts';
import { decodeContext, encodeContext, type SessionContext } from './session-context.ts';
import type { BeatReply, BeatRequest, SessionStore } from './session-store.ts';

/** How long a beat waits for the directory, its turn included: many times what a look-up takes, a fifth of what an answer may. */
export const LOOK_UP_MS_MAX = 300;
/**
 * Look-ups that beats wait for, at once: fewer than there are connections to PostgreSQL, so that starts get one too at midnight, and
 * few where it hangs. A batch has a thousand beats.
 */
const LOOK_UPS = { underWayMax: 8, waitingMax: 2_000 };
/** Players whose sessions are renewed after the answer, at once. */
const RENEWED_AT_ONCE_MAX = 4;
/** More are left out: the next beat of each asks again. */
const RENEWALS_WAITING_MAX = 5_000;

type Found = Exclude<BeatReply, { status: 'not_found' }>;

export interface PlanRenewalPorts {
  readonly store: Pick<SessionStore, 'renewSessions'>;
  readonly allowances: AllowanceBook;
  readonly players: Pick<Players, 'findProfile'>;
  /** Told of what went wrong without changing an answer. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

interface Outdated {
  readonly world: World;
  readonly playerId: string;
  readonly now: Instant;
}

export class PlanRenewal {
  readonly #ports: PlanRenewalPorts;
  readonly #lookUps = new LimitedTurns(LOOK_UPS);
  readonly #outdated: Outdated[] = [];
  /** Players that wait in `#outdated` or are looked up for it. */
  readonly #renewing = new Set<string>();
  #working = 0;

  constructor(ports: PlanRenewalPorts) {
    this.#ports = ports;
  }

  /**
   * A new day may bring a new age band or policy, a guardian new rules: the directory is asked, the old facts are the
   * fallback. The session of a player who was erased meanwhile is closed by the beat.
   */
  async renew(request: BeatRequest, reply: Found): Promise<BeatRequest> {
    const old = decodeContext(reply.context);
    // The time of a session never goes back, whatever the clock of its world does.
    const at = Math.max(request.now, reply.lastBeatAt);
    const { renewed, isFresh } = await this.#renewContext(old, request, reply);
    const context = encodeContext(renewed ?? old);
    const allowance = this.#ports.allowances.allowanceOf(context, at);
    const plan = planOf(allowance, renewed ?? old);
    // Old facts hold for one interval only: what made them old may be a guardian's pause.
    const validUntilAt = isFresh ? plan.validUntilAt : Math.min(plan.validUntilAt, at + plan.intervalMs);
    const renewal = { plan: { ...plan, validUntilAt }, context };
    if (renewed !== null || request.kind === 'close') return { ...request, renewal };
    return { ...request, renewal, kind: 'close', close: { reason: 'erased', clientEndedAt: null, verdictSeq: null } };
  }

  /** `renewed` null: the player is not known any more; `isFresh` false: the directory could not be asked, or not in time. */
  async #renewContext(
    old: SessionContext,
    request: BeatRequest,
    { gameId, playerId }: Found,
  ): Promise<{ readonly renewed: SessionContext | null; readonly isFresh: boolean }> {
    const { allowances, onTrouble, players } = this.#ports;
    const inForce = allowances.inForce(old.policyId, request.now);
    const policyVersion = inForce?.version ?? old.policyVersion;
    try {
      const waitMsMax = Math.min(LOOK_UP_MS_MAX, beatWaitLeftMs(request));
      const profile = await this.#lookUps.run(waitMsMax, () =>
        players.findProfile(request.world, playerId, request.now),
      );
      if (profile === null) return { renewed: null, isFresh: true };
      const { adjustments, assurance, guardianRules, facts } = profile;
      const { ageBand, hasGuardian, verified: isVerified, verifiedPhoneCountry } = facts;
      const adjustment = inForce === null ? null : sumAdjustments(adjustments, inForce.date, gameId);
      // Let in while nothing was known, and the time for that is over.
      if (ageBand === null) return { renewed: { ...old, policyVersion, isVerified: false }, isFresh: true };
      const present = { ageBand, isVerified, hasGuardian, verifiedPhoneCountry, guardianRules, adjustment, assurance };
      return { renewed: { ...old, policyVersion, ...present }, isFresh: true };
    } catch (error) {
      onTrouble('a session was renewed with its old facts', error);
      return { renewed: { ...old, policyVersion }, isFresh: false };
    }
  }

  /**
   * A policy changed within the day: the answer is by the new one already, the plan in the books is by the old. Makes a next beat or
   * close of these ask for a new plan, after the answer, once for each player. Where that cannot be done, the next beat comes here again.
   */
  renewOutdated(world: World, outdated: readonly Pick<Found, 'playerId'>[], now: Instant): void {
    for (const { playerId } of outdated) {
      if (this.#renewing.has(playerId) || this.#renewing.size >= RENEWALS_WAITING_MAX) continue;
      this.#renewing.add(playerId);
      this.#outdated.push({ world, playerId, now });
    }
    while (this.#working < RENEWED_AT_ONCE_MAX && this.#outdated.length > 0) {
      void this.#work();
    }
  }

  async #work(): Promise<void> {
    this.#working++;
    const { onTrouble, players, store } = this.#ports;
    for (let next = this.#outdated.shift(); next !== undefined; next = this.#outdated.shift()) {
      const { now, playerId, world } = next;
      try {
        const profile = await players.findProfile(world, playerId, now);
        if (profile !== null) await store.renewSessions(profile.personId, now);
      } catch (error) {
        onTrouble('a session goes on by the plan of an older policy', error);
      }
      this.#renewing.delete(playerId);
    }
    this.#working--;
  }
}
