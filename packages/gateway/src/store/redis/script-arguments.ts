// What the scripts are told and what they answer, as the headers of scripts/*.lua have it: flat lists both ways, a text for each beat.
// The answer to a beat is in packed-session.ts.
import {
  type AgeBand,
  type Instant,
  type Interval,
  provenPlay,
  restoreSession,
  type SessionPlan,
  type UsedMs,
} from '@playgate/policy';
import type {
  AgentSession,
  BeatRequest,
  Conflict,
  EndOrder,
  OpenOutcome,
  SessionRestore,
} from '../../sessions/session-store.ts';
import { parseWorldName, worldName } from '../../sessions/stream-entry.ts';

type Argument = string | number;
type Reply = readonly (string | number)[];

const AGENT_SESSION_LENGTH = 18;
/** An instant, length or number that is not there. */
const NONE = -1;
/** The pace of a session stays. */
const SAME_PACE = 0;
/** In place of a plan and its context: the line where they would be is empty. */
const NO_PLAN: readonly string[] = [''];

export function planArguments(plan: SessionPlan): readonly Argument[] {
  const { day, limitMs } = plan;
  return [
    day.date,
    plan.metered ? 1 : 0,
    plan.attended ? 1 : 0,
    day.startsAt,
    day.endsAt,
    plan.validUntilAt,
    plan.stopsAt ?? NONE,
    limitMs.game ?? NONE,
    limitMs.provider ?? NONE,
    limitMs.agent ?? NONE,
    limitMs.person ?? NONE,
    plan.warnMs ?? NONE,
    plan.intervalMs,
    plan.leaseMs,
    plan.reviveMs,
  ];
}

/** A beat as record_heartbeats.lua reads it. */
export function beatText({ close, heldSeq, kind, now, pace, renewal, seq, world }: BeatRequest): string {
  const plain = `${worldName(world)}\n${seq ?? NONE}\n${kind}\n${now}\n${pace ?? SAME_PACE}\n${heldSeq ?? NONE}`;
  if (close === null && renewal === null) return plain;
  const plan = renewal === null ? NO_PLAN : [...planArguments(renewal.plan), renewal.context];
  return [plain, close?.clientEndedAt ?? NONE, close?.verdictSeq ?? NONE, ...plan, close?.reason ?? ''].join('\n');
}

export function orderText({ agentId, by, now }: EndOrder): string {
  return [agentId, NONE, 'order', now, SAME_PACE, NONE, NONE, NONE, ...NO_PLAN, by].join('\n');
}

export function restoreArguments({ context, identity, plan, proof, unrecorded }: SessionRestore): readonly Argument[] {
  const { ageBand, agentId, gameId, humanId, personId, playerId, stationId, world } = identity;
  const proven = provenPlay(proof);
  const { lastBeatAt, leaseEndsAt, pace, plan: asked } = restoreSession(proof, plan, []);
  return [
    worldName(world),
    personId,
    playerId,
    gameId,
    agentId ?? '',
    stationId ?? '',
    ageBand,
    humanId ?? '',
    context,
    ...planArguments(asked),
    proof.seq,
    proof.state === 'active' ? 1 : 0,
    proof.isWarned ? 1 : 0,
    proof.openedAt,
    lastBeatAt,
    proof.runStartsAt ?? NONE,
    proof.runLeasedMs,
    proof.overrunMs,
    proof.gaps,
    pace,
    leaseEndsAt - lastBeatAt,
    ...intervalArguments(proven),
    ...intervalArguments(unrecorded),
  ];
}

/** How many, then start and end of each. */
export const intervalArguments = (intervals: readonly Interval[]): readonly number[] => [
  intervals.length,
  ...intervals.flatMap(({ endsAt, startsAt }) => [startsAt, endsAt]),
];

const orNull = (value: string | number | undefined): number | null => (Number(value) < 0 ? null : Number(value));

export function decodeAgentSessions(
  reply: Reply,
): { readonly session: AgentSession; readonly silentUntil: Instant | null }[] {
  const sessions = [];
  for (let at = 0; at < reply.length; at += AGENT_SESSION_LENGTH) {
    const session = {
      sessionId: String(reply[at]),
      world: parseWorldName(String(reply[at + 1])),
      stationId: String(reply[at + 2]),
      playerId: String(reply[at + 3]),
      gameId: String(reply[at + 4]),
      ageBand: reply[at + 5] as AgeBand,
      openedAt: Number(reply[at + 6]),
      lastBeatAt: Number(reply[at + 7]),
      context: String(reply[at + 9]),
      used: usedOf(reply, at + 10),
      state: reply[at + 14] === 1 ? 'active' : 'paused',
      endedAt: orNull(reply[at + 15]),
      intervalMs: Number(reply[at + 16]),
      leaseEndsAt: Number(reply[at + 17]),
    } as const;
    sessions.push({ session, silentUntil: orNull(reply[at + 8]) });
  }
  return sessions;
}

function usedOf(reply: Reply, at: number): UsedMs {
  const [game, provider, agent, person] = reply.slice(at, at + 4).map(Number) as [number, number, number, number];
  return { game, provider, agent, person };
}

export function decodeOpen(reply: Reply): OpenOutcome {
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

export function pairUp(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) fields[flat[at]!] = flat[at + 1]!;
  return fields;
}
