// Puts a day right: judges an entry, keeps it, and lets the running ledger follow.
import { limits } from '@playgate/contract';
import {
  type AdjustmentEntry,
  type CalendarDate,
  DAY_MS,
  dayOf,
  dayOfDate,
  guardianBudgets,
  type Instant,
  measureIntervals,
  type Policy,
  type PolicyLibrary,
  type Rating,
  resolveAllowance,
} from '@playgate/policy';
import type { Actor } from '../../directory/actor.ts';
import type { Games, PlayerProfile, Players } from '../../directory/directory.ts';
import type { World } from '../../directory/world.ts';
import { Fault } from '../../fault.ts';
import { encodeContext } from '../../sessions/session-context.ts';
import type { DayPlay, SessionStore } from '../../sessions/session-store.ts';
import { type Correction, type Corrections, mendsError } from './correction.ts';
import { type JudgedDay, judgeCorrection } from './judge-correction.ts';

export interface CorrectionServicePorts {
  readonly corrections: Corrections;
  readonly players: Pick<Players, 'findProfile'>;
  readonly games: Pick<Games, 'find'>;
  readonly store: Pick<SessionStore, 'readDay' | 'renewSessions'>;
  /** Asked for days that the store no longer holds. */
  readonly history: { readDay(personId: string, date: CalendarDate): Promise<DayPlay> };
  readonly library: PolicyLibrary;
  /** Whose zone and limits a grant goes by. */
  readonly policyId: string;
  /** Told when running sessions could not be reached: they go on by the old figures until midnight. */
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface PlayerInWorld {
  readonly world: World;
  readonly playerId: string;
}

export interface CorrectionRequest {
  readonly date: CalendarDate;
  readonly gameId: string;
  readonly deltaMs: number;
  readonly reason: string;
}

export interface GrantRequest {
  readonly date: CalendarDate;
  readonly bonusMs: number;
  readonly reason: string;
}

type Author = Pick<Actor, 'role' | 'id'>;

interface Asked extends Omit<AdjustmentEntry, 'date'> {
  readonly kind: Correction['kind'];
  readonly date: CalendarDate;
  readonly reason: string;
  readonly undoes: string | null;
}

/** All of it throws a `not_found` Fault for an unknown player, game or entry, and an `unprocessable` one for what may not be. */
export class CorrectionService {
  readonly #ports: CorrectionServicePorts;

  constructor(ports: CorrectionServicePorts) {
    this.#ports = ports;
  }

  async correct(player: PlayerInWorld, request: CorrectionRequest, author: Author, now: Instant): Promise<Correction> {
    const fixed = { bonusMs: 0, mendsError: mendsError(request.reason), undoes: null };
    return this.#add(player, { ...request, ...fixed, kind: 'correction' }, author, now);
  }

  async grant(player: PlayerInWorld, request: GrantRequest, author: Author, now: Instant): Promise<Correction> {
    const fixed = { gameId: null, deltaMs: 0, mendsError: false, undoes: null } as const;
    return this.#add(player, { ...request, ...fixed, kind: 'grant' }, author, now);
  }

  /** Takes an entry back by its opposite. `kinds`: what the author may take back; all else is not found. */
  async undo(
    player: PlayerInWorld,
    correctionId: string,
    { kinds, reason }: { readonly kinds: readonly Correction['kind'][]; readonly reason: string },
    author: Author,
    now: Instant,
  ): Promise<Correction> {
    const entries = await this.list(player, null, now);
    const found = entries.find((entry) => entry.correctionId === correctionId);
    if (found === undefined || !kinds.includes(found.kind))
      throw new Fault('not_found', 'There is no such correction.');
    if (found.undoes !== null) throw new Fault('conflict', 'It takes another entry back: make a new one instead.');
    const { bonusMs, date, deltaMs, gameId, kind } = found;
    const opposite = { deltaMs: -deltaMs || 0, bonusMs: -bonusMs || 0, mendsError: found.mendsError };
    return this.#add(player, { kind, date, gameId, ...opposite, reason, undoes: correctionId }, author, now);
  }

  /** Newest first; `date` null: of any day. */
  async list(
    { playerId, world }: PlayerInWorld,
    date: CalendarDate | null,
    now: Instant,
  ): Promise<readonly Correction[]> {
    const { personId } = await this.#findPlayer(world, playerId, now);
    return this.#ports.corrections.list(personId, date);
  }

  async #add({ playerId, world }: PlayerInWorld, asked: Asked, author: Author, now: Instant): Promise<Correction> {
    const profile = await this.#findPlayer(world, playerId, now);
    const game = asked.gameId === null ? null : await this.#ports.games.find(world, asked.gameId);
    if (asked.gameId !== null && game === null) throw new Fault('not_found', 'There is no such game.');
    const rules = { policyId: game?.policyId ?? this.#ports.policyId, rating: game?.rating ?? ('00+' as const) };
    const policy = this.#policyOf(rules.policyId, asked.date, now);
    const day = await this.#dayOf(profile, policy, asked, now);
    const { personId } = profile;
    const context = contextOf(profile, policy, rules.rating);
    const kept = await this.#ports.corrections.add(
      { ...asked, world, playerId, personId, author, context, now },
      (others) => judgeCorrection(day, asked, others),
    );
    if (kept === null) throw new Fault('not_found', 'There is no such player.');
    await this.#ports.store
      .renewSessions(personId, now)
      .catch((error: unknown) => this.#ports.onTrouble('running sessions do not know of a correction yet', error));
    return kept;
  }

  async #findPlayer(world: World, playerId: string, now: Instant): Promise<PlayerProfile> {
    const profile = await this.#ports.players.findProfile(world, playerId, now);
    if (profile === null) throw new Fault('not_found', 'There is no such player.');
    return profile;
  }

  /** The version of the day, or today's where there was none yet. */
  #policyOf(policyId: string, date: CalendarDate, now: Instant): Policy {
    const current = this.#ports.library.inForce(policyId, now);
    if (current === null) throw new Fault('unprocessable', 'No version of the policy is in force at this time.');
    return this.#ports.library.inForce(policyId, dayOfDate(current.document.zone, date).startsAt) ?? current;
  }

  async #dayOf(profile: PlayerProfile, policy: Policy, { date, gameId }: Asked, now: Instant): Promise<JudgedDay> {
    const { document } = policy;
    const day = dayOfDate(document.zone, date);
    const daysAway = Math.round((day.startsAt - dayOf(document.zone, now).startsAt) / DAY_MS);
    if (daysAway < -limits.CORRECTION_DAYS_BACK_MAX || daysAway > limits.CORRECTION_DAYS_AHEAD_MAX) {
      const span = `${limits.CORRECTION_DAYS_BACK_MAX} days back and ${limits.CORRECTION_DAYS_AHEAD_MAX} days ahead`;
      throw new Fault('unprocessable', `Days can be corrected up to ${span}.`);
    }
    const live = await this.#ports.store.readDay(profile.personId, date, day.startsAt);
    const play = live.provider.length > 0 ? live : await this.#ports.history.readDay(profile.personId, date);
    const { facts, guardianRules } = profile;
    const isLimited = resolveAllowance({ policy, player: facts, rating: '00+', agentHours: null, now }).metered;
    return {
      date,
      isOver: now >= day.endsAt,
      law: isLimited ? document.budgets : [],
      guardian: isLimited ? guardianBudgets(guardianRules) : [],
      playedMs: {
        game: measureIntervals(gameId === null ? [] : (play.games.get(gameId) ?? [])),
        provider: measureIntervals(play.provider),
      },
    };
  }
}

/** Under which rules it was judged, for the record; the empty text where nothing is known of the player's age. */
function contextOf(profile: PlayerProfile, policy: Policy, rating: Rating): string {
  const { assurance, facts, guardianRules, humanId } = profile;
  if (facts.ageBand === null) return '';
  return encodeContext({
    policyId: policy.document.id,
    policyVersion: policy.document.version,
    ageBand: facts.ageBand,
    isVerified: facts.verified,
    verifiedPhoneCountry: facts.verifiedPhoneCountry,
    hasGuardian: facts.hasGuardian,
    rating,
    agentHours: null,
    guardianRules,
    isHumanKnown: humanId !== null,
    adjustment: null,
    assurance,
    protocol: null,
  });
}
