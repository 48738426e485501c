// What the scripts are told and what they answer, as the headers of scripts/*.lua have it: flat lists both ways.
import {
  type AgeBand,
  type EndCause,
  type Instant,
  type Interval,
  provenPlay,
  restoreSession,
  type SessionPlan,
  type UsedMs,
} from '@playgate/policy';
import type {
  AgentSession,
  BeatReply,
  BeatRequest,
  Conflict,
  EndOrder,
  OpenOutcome,
  SessionRestore,
} from '../../sessions/session-store.ts';
import { parseWorldName, worldName } from '../../sessions/stream-entry.ts';

type Argument = string | number;
type Reply = readonly (string | number)[];

export const BEAT_REPLY_LENGTH = 19;
const AGENT_SESSION_LENGTH = 16;
/** An instant, length or number that is not there. */
const NONE = -1;
/** In place of the seq of a receipt. */
const NO_PROOF = -2;
/** In place of a plan and its context. */
const NO_PLAN: readonly string[] = Array.from({ length: 16 }, () => '');
const BYTES_PER_NUMBER = 4;

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

export function beatArguments({ close, heldSeq, kind, now, renewal, seq, world }: BeatRequest): readonly Argument[] {
  const said = [close?.reason ?? '', close?.clientEndedAt ?? NONE, close?.verdictSeq ?? NONE];
  const plan = renewal === null ? NO_PLAN : [...planArguments(renewal.plan), renewal.context];
  const held = heldSeq === undefined ? NO_PROOF : (heldSeq ?? NONE);
  return [worldName(world), seq ?? NONE, kind, now, ...said, ...plan, held];
}

export function orderArguments({ agentId, by, now }: EndOrder): readonly Argument[] {
  return [agentId, NONE, 'order', now, by, NONE, NONE, ...NO_PLAN, NO_PROOF];
}

export function restoreArguments({ context, identity, plan, proof, unrecorded }: SessionRestore): readonly Argument[] {
  const { ageBand, agentId, gameId, humanId, personId, playerId, stationId, world } = identity;
  const proven = provenPlay(proof);
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
    ...planArguments(restoreSession(proof, plan, []).plan),
    proof.seq,
    proof.state === 'active' ? 1 : 0,
    proof.isWarned ? 1 : 0,
    proof.openedAt,
    proof.lastBeatAt,
    proof.runStartsAt ?? NONE,
    proof.runLeasedMs,
    proof.overrunMs,
    proof.gaps,
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

export function decodeBeat(reply: Reply, at: number): BeatReply {
  const status = reply[at];
  if (status !== 'recorded' && status !== 'repeated' && status !== 'stale' && status !== 'behind')
    return { status: 'not_found' };
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
    proof: String(reply[at + 18]) || null,
  };
}

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

/** The account format of ledger.lua: used ms, then pairs relative to the day's start, 4 bytes each. */
export function unpackIntervals(packed: Buffer, dayStartsAt: Instant): readonly Interval[] {
  const intervals: Interval[] = [];
  for (let at = BYTES_PER_NUMBER; at < packed.length; at += 2 * BYTES_PER_NUMBER) {
    intervals.push({
      startsAt: dayStartsAt + packed.readUInt32BE(at),
      endsAt: dayStartsAt + packed.readUInt32BE(at + BYTES_PER_NUMBER),
    });
  }
  return intervals;
}

export function pairUp(flat: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) fields[flat[at]!] = flat[at + 1]!;
  return fields;
}
