// "Why was I stopped": one day of one person, from the books and the record.
import {
  AGE_BANDS,
  type AgeBand,
  type CalendarDate,
  citationText,
  dayOf,
  dayOfDate,
  enteredMs,
  formatInstant,
  type Instant,
  measureIntervals,
  type Policy,
  type PolicyLibrary,
  resolveAllowance,
  sumAdjustments,
} from '@playgate/policy';
import type { Game, Games, PlayerProfile, Players, RegulatorScope } from '../../directory/directory.ts';
import type { World } from '../../directory/world.ts';
import { Fault } from '../../fault.ts';
import { withCorrected } from '../../sessions/playtime.ts';
import type { DayPlay, SessionStore } from '../../sessions/session-store.ts';
import { type Correction, type Corrections, describeCorrection } from '../corrections/correction.ts';
import type { Record } from '../record.ts';
import { PastRules } from './past-rules.ts';
import type { StatementBody } from './statement-facts.ts';
import type { DenialFact, SessionFact, StatementRecord, StatementSource } from './statement-source.ts';
import { statementText } from './statement-text.ts';

export interface StatementServicePorts {
  readonly source: StatementSource;
  readonly record: Record;
  readonly players: Pick<Players, 'findProfile'>;
  readonly games: Pick<Games, 'list'>;
  readonly corrections: Pick<Corrections, 'list'>;
  readonly store: Pick<SessionStore, 'readDay'>;
  /** Asked for days that the store no longer holds. */
  readonly history: { readDay(personId: string, date: CalendarDate): Promise<DayPlay> };
  readonly library: PolicyLibrary;
  /** Whose zone and limits the day is read by. */
  readonly policyId: string;
}

export interface StatementRequest {
  readonly world: World;
  readonly playerId: string;
  /** Null: today. */
  readonly date: CalendarDate | null;
  /** What a regulator may see; null: somebody whose player it is. */
  readonly scope: RegulatorScope | null;
  readonly now: Instant;
}

/** What is known of the day. */
interface Day {
  readonly profile: PlayerProfile;
  readonly policy: Policy;
  readonly date: CalendarDate;
  readonly endsAt: Instant;
  readonly play: DayPlay;
  readonly record: StatementRecord;
  readonly corrections: readonly Correction[];
  readonly games: ReadonlyMap<string, Game>;
  readonly rules: PastRules;
  readonly now: Instant;
}

export class StatementService {
  readonly #ports: StatementServicePorts;

  constructor(ports: StatementServicePorts) {
    this.#ports = ports;
  }

  /** The world of a player that is known. */
  findWorld(playerId: string): Promise<World | null> {
    return this.#ports.source.findWorld(playerId);
  }

  /** Throws a `not_found` Fault for a player who is unknown, erased or beyond the scope. */
  async read(request: StatementRequest): Promise<StatementBody> {
    await this.#ports.record.catchUp();
    const day = await this.#readDay(request);
    if (!isInScope(day.record, request.world, request.scope)) throw noPlayer();
    const budgets = this.#budgetsOf(day);
    const { corrections, date, endsAt, now, play, policy, record } = day;
    const band = bandOf(day);
    const correctedMs = enteredMs(sumAdjustments(corrections, date, '')).provider;
    const facts = {
      playerId: request.playerId,
      date,
      zone: policy.document.zone,
      asOf: formatInstant(now),
      isOver: now >= endsAt,
      ageBand: band,
      unlimited: budgets === null,
      totalMs: Math.max(0, measureIntervals(play.provider) + correctedMs),
      correctedMs,
      budgets: budgets ?? [],
      sessions: record.sessions.map((session) => describeSession(session, day)),
      denials: record.denials.map((denial) => describeDenial(denial, day)),
      corrections: corrections.map(describeCorrection),
      policy: {
        id: policy.document.id,
        version: policy.document.version,
        hash: policy.hash,
        title: policy.document.title,
      },
    };
    const titleOf = (gameId: string) => day.games.get(gameId)?.title ?? gameId;
    return { ...facts, text: statementText(facts, titleOf) };
  }

  async #readDay({ date: asked, now, playerId, world }: StatementRequest): Promise<Day> {
    const { corrections, games, history, library, players, policyId, source, store } = this.#ports;
    const profile = await players.findProfile(world, playerId, now);
    if (profile === null) throw noPlayer();
    const current = library.inForce(policyId, now);
    if (current === null) throw new Fault('unprocessable', 'No version of the policy is in force at this time.');
    const { zone } = current.document;
    const day = asked === null ? dayOf(zone, now) : dayOfDate(zone, asked);
    const record = await source.read(profile.personId, day);
    const live = await store.readDay(profile.personId, day.date, day.startsAt);
    return {
      profile,
      policy: library.inForce(policyId, day.startsAt) ?? current,
      date: day.date,
      endsAt: day.endsAt,
      play: live.provider.length > 0 ? live : await history.readDay(profile.personId, day.date),
      record,
      corrections: await corrections.list(profile.personId, day.date),
      games: new Map((await games.list(world)).map((game) => [game.gameId, game])),
      rules: new PastRules({ policyAt: (id, at) => library.inForce(id ?? policyId, at), rules: record.rules }),
      now,
    };
  }

  /** Per game, then over all of them; null: nothing is limited. */
  #budgetsOf(day: Day): StatementBody['budgets'] | null {
    const { corrections, games, play, policy } = day;
    const ofProvider = allowanceOf(day, policy, '');
    if (!ofProvider.metered) return null;
    const ofGames = withCorrected(play.games, corrections).flatMap(([gameId, intervals]) => {
      const at = Math.min(day.now, day.endsAt - 1);
      const own = this.#ports.library.inForce(games.get(gameId)?.policyId ?? policy.document.id, at) ?? policy;
      return budgetRows(day, own, { scope: 'game', gameId, measuredMs: measureIntervals(intervals) });
    });
    const all = { scope: 'provider', gameId: null, measuredMs: measureIntervals(play.provider) } as const;
    return [...ofGames, ...budgetRows(day, policy, all)];
  }
}

const noPlayer = () => new Fault('not_found', 'There is no such player.');

/** Where the scope names provinces, somebody of the day has to have been at an agent of one. */
function isInScope({ denials, sessions }: StatementRecord, world: World, scope: RegulatorScope | null): boolean {
  if (scope === null) return true;
  const { providerIds, provinces } = scope;
  if (providerIds !== undefined && !providerIds.includes(world.providerId)) return false;
  if (provinces === undefined) return true;
  return [...sessions, ...denials].some(({ province }) => province !== null && provinces.includes(province));
}

/** Of the day itself where the record has one. */
function bandOf({ profile, record }: Day): AgeBand | null {
  const band = record.sessions.at(-1)?.band ?? record.denials.at(-1)?.band;
  return AGE_BANDS.find((known) => known === band) ?? profile.facts.ageBand;
}

function allowanceOf(day: Day, policy: Policy, gameId: string) {
  const at = Math.min(day.now, day.endsAt - 1);
  return resolveAllowance({
    policy,
    player: { ...day.profile.facts, ageBand: bandOf(day) },
    rating: '00+',
    agentHours: null,
    guardianRules: day.rules.guardianRulesAt(at),
    adjustment: sumAdjustments(day.corrections, day.date, gameId),
    now: at,
  });
}

interface Account {
  readonly scope: 'game' | 'provider';
  readonly gameId: string | null;
  readonly measuredMs: number;
}

function budgetRows(day: Day, policy: Policy, { gameId, measuredMs, scope }: Account): StatementBody['budgets'] {
  const allowance = allowanceOf(day, policy, gameId ?? '');
  const correctedMs = allowance.adjustedMs[scope];
  const usedMs = Math.max(0, measuredMs + correctedMs);
  return allowance.budgets
    .filter((budget) => budget.scope === scope)
    .map(({ cite, id, limitMs, verified }) => {
      const { document } = policy;
      const isLaw = document.budgets.some((budget) => budget.id === id);
      const setBy = isLaw ? ('law' as const) : ('guardian' as const);
      return {
        scope,
        gameId,
        usedMs,
        correctedMs,
        limitMs,
        ruleId: id,
        setBy,
        cite,
        citation: citationText(cite, document),
        verified,
        isSpent: usedMs >= limitMs,
      };
    });
}

function describeSession(session: SessionFact, { games, now, rules }: Day): StatementBody['sessions'][number] {
  const { acknowledgedAt, limitAt } = session;
  const told = rules.toldEnd(session);
  return {
    sessionId: session.sessionId,
    playerId: session.playerId,
    gameId: session.gameId,
    gameTitle: games.get(session.gameId)?.title ?? session.gameId,
    agentId: session.agentId,
    startedAt: formatInstant(session.openedAt),
    endedAt: instantOrNull(session.endedAt),
    isOpen: rules.isOpen(session, now),
    endReason: rules.endReason(session),
    toldAtStart: told === undefined ? null : { endsAt: instantOrNull(told) },
    warnedAt: instantOrNull(session.warnedAt),
    limitReachedAt: instantOrNull(limitAt),
    endOrderedAt: instantOrNull(session.orderedAt),
    acknowledgedAt: instantOrNull(acknowledgedAt),
    closedAt: instantOrNull(session.closedAt),
    timeToEnforceMs: acknowledgedAt === null || limitAt === null ? null : Math.max(0, acknowledgedAt - limitAt),
    overrunMs: session.overrunMs,
    gaps: session.gaps,
    source: session.source,
  };
}

function describeDenial(denial: DenialFact, { games, rules }: Day): StatementBody['denials'][number] {
  const { agentId, at, gameId, reason, source } = denial;
  const gameTitle = games.get(gameId)?.title ?? gameId;
  const nextAllowedAt = instantOrNull(rules.nextAllowedAt(denial));
  return { at: formatInstant(at), gameId, gameTitle, agentId, reason, nextAllowedAt, source };
}

const instantOrNull = (at: Instant | null): string | null => (at === null ? null : formatInstant(at));
