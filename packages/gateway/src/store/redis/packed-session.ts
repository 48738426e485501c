// The answer to a beat, and the session in it, as the scripts pack them (record_heartbeats.lua, ledger.lua): bytes, big endian.
import { type EndCause, type Instant, latestPlay, type Pace } from '@playgate/policy';
import { encodeProof } from '../../sessions/proof-text.ts';
import type { BeatReply, FirstClose } from '../../sessions/session-store.ts';
import { unpackIntervals } from './packed-intervals.ts';

type Answered = Exclude<BeatReply, { status: 'not_found' }>;

const STATUSES: Readonly<Record<string, Answered['status']>> = {
  r: 'recorded',
  p: 'repeated',
  s: 'stale',
  b: 'behind',
};
/** Lengths in bytes. */
const [INSTANT, NUMBER, OVERRUN, DATE] = [6, 4, 5, 10];
const USED_AT = 1;
const PLAY_LENGTH_AT = USED_AT + 4 * NUMBER;
const PLAY_AT = PLAY_LENGTH_AT + 1;
/** In a session. */
const PLACES = {
  seq: 0,
  lastBeat: 4,
  flags: 10,
  lease: 11,
  runStarts: 15,
  runLeased: 21,
  overrun: 25,
  gaps: 30,
  date: 34,
  dayStarts: 45,
  interval: 85,
  facts: 97,
} as const;
const FLAGS = { active: 1, warned: 2 } as const;
/** The pace stands before the flags. */
const PACE_AT_BIT = 2;
const NO_CLIENT_END = -1n;

/** `isProofWanted`: else `proof` is null. */
export function decodeBeat(reply: Buffer, isProofWanted: boolean): BeatReply {
  if (reply.length === 0) return { status: 'not_found' };
  const at = PLAY_AT + reply[PLAY_LENGTH_AT]!;
  const facts = readFacts(reply, at + PLACES.facts);
  const lastBeatAt = reply.readUIntBE(at + PLACES.lastBeat, INSTANT);
  const answered = {
    status: STATUSES[String.fromCharCode(reply[0]!)]!,
    seq: reply.readUInt32BE(at + PLACES.seq),
    state: reply[at + PLACES.flags]! & FLAGS.active ? 'active' : 'paused',
    lastBeatAt,
    intervalMs: reply.readUInt32BE(at + PLACES.interval) * paceAt(reply, at),
    leaseEndsAt: lastBeatAt + reply.readUInt32BE(at + PLACES.lease),
    overrunMs: reply.readUIntBE(at + PLACES.overrun, OVERRUN),
    used: {
      game: reply.readUInt32BE(USED_AT),
      provider: reply.readUInt32BE(USED_AT + NUMBER),
      agent: reply.readUInt32BE(USED_AT + 2 * NUMBER),
      person: reply.readUInt32BE(USED_AT + 3 * NUMBER),
    },
    context: facts.context,
    playerId: facts.playerId,
    gameId: facts.gameId,
  } as const;
  if (facts.endsAt < reply.length) return { ...answered, ...readEnd(reply, facts.endsAt), proof: null };
  const proof = isProofWanted ? proofOf(reply, at, answered, facts) : null;
  return { ...answered, endedAt: null, endCause: null, limitAt: null, closedAt: null, close: null, proof };
}

interface Facts {
  readonly gameId: string;
  readonly agentId: string;
  readonly playerId: string;
  readonly stationId: string;
  readonly openedAt: Instant;
  readonly context: string;
  /** Where the session ends, or its end begins. */
  readonly endsAt: number;
}

/** Each text behind its length: world, person, game, agent, human, player, band, station. */
function readFacts(reply: Buffer, from: number): Facts {
  let at = skip(reply, skip(reply, from));
  const gameId = textAt(reply, at);
  at = skip(reply, at);
  const agentId = textAt(reply, at);
  at = skip(reply, skip(reply, at));
  const playerId = textAt(reply, at);
  at = skip(reply, skip(reply, at));
  const stationId = textAt(reply, at);
  at = skip(reply, at);
  const openedAt = reply.readUIntBE(at, INSTANT);
  const contextAt = at + INSTANT + 2;
  const endsAt = contextAt + reply.readUInt16BE(contextAt - 2);
  return {
    gameId,
    agentId,
    playerId,
    stationId,
    openedAt,
    context: reply.toString('latin1', contextAt, endsAt),
    endsAt,
  };
}

const skip = (reply: Buffer, at: number): number => at + 1 + reply[at]!;

const textAt = (reply: Buffer, at: number): string => reply.toString('latin1', at + 1, at + 1 + reply[at]!);

type End = Pick<Answered, 'closedAt' | 'endCause' | 'endedAt' | 'limitAt'> & { readonly close: FirstClose | null };

function readEnd(reply: Buffer, from: number): End {
  const closedAt = instantAt(reply, from + 2 * INSTANT);
  const clientEnd = reply.readBigInt64BE(from + 3 * INSTANT);
  const causeAt = from + 3 * INSTANT + 8;
  const reason = reply.toString('utf8', skip(reply, causeAt) + 2);
  const clientEndedAt = clientEnd === NO_CLIENT_END ? null : Number(clientEnd);
  return {
    endedAt: instantAt(reply, from),
    limitAt: instantAt(reply, from + INSTANT),
    closedAt,
    endCause: (textAt(reply, causeAt) || null) as EndCause | null,
    close: closedAt === null ? null : { reason, clientEndedAt },
  };
}

/** `at`: of the session. */
const paceAt = (reply: Buffer, at: number): Pace => (reply[at + PLACES.flags]! >> PACE_AT_BIT) as Pace;

/** An instant that may not be there. */
const instantAt = (reply: Buffer, at: number): Instant | null => reply.readUIntBE(at, INSTANT) || null;

type AnsweredPart = Pick<Answered, 'lastBeatAt' | 'leaseEndsAt' | 'overrunMs' | 'seq' | 'state'>;

function proofOf(
  reply: Buffer,
  at: number,
  { lastBeatAt, leaseEndsAt, overrunMs, seq, state }: AnsweredPart,
  { agentId, openedAt, stationId }: Facts,
): string {
  const runStartsAt = instantAt(reply, at + PLACES.runStarts);
  const play = unpackIntervals(reply, PLAY_AT, at, reply.readUIntBE(at + PLACES.dayStarts, INSTANT));
  const proof = {
    seq,
    state,
    pace: paceAt(reply, at),
    leaseEndsAt,
    isWarned: (reply[at + PLACES.flags]! & FLAGS.warned) !== 0,
    openedAt,
    lastBeatAt,
    runStartsAt,
    runLeasedMs: reply.readUInt32BE(at + PLACES.runLeased),
    overrunMs,
    gaps: reply.readUInt32BE(at + PLACES.gaps),
    date: reply.toString('latin1', at + PLACES.date, at + PLACES.date + DATE),
    recent: latestPlay(play, { lastBeatAt, runStartsAt }),
  };
  return encodeProof({ agentId: agentId || null, stationId: stationId || null, proof });
}
