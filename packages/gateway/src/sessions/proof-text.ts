// What the books say of a session, as the short text that a receipt carries.
import { type CalendarDate, type Instant, type Interval, PACES, type SessionProof } from '@playgate/policy';

/** A proof, and the place that only the session itself knows. */
export interface PlacedProof {
  readonly proof: SessionProof;
  readonly agentId: string | null;
  readonly stationId: string | null;
}

const FIELDS = 15;
/** Of a text of before there were paces: its client was told the plain one, and the lease of the plan. */
const FIELDS_WITHOUT_PACE = 13;
const NONE = '-1';

/** For example `7,1,0,1790000000000,1790000180000,1790000000000,0,0,0,,,2026-10-14,1790000000000-1790000180000,1,90000`. */
export function encodeProof({ agentId, proof, stationId }: PlacedProof): string {
  const { date, gaps, isWarned, lastBeatAt, leaseEndsAt, openedAt, overrunMs, pace, recent } = proof;
  const { runLeasedMs, runStartsAt, seq, state } = proof;
  return [
    seq,
    state === 'active' ? 1 : 0,
    isWarned ? 1 : 0,
    openedAt,
    lastBeatAt,
    runStartsAt ?? NONE,
    runLeasedMs,
    overrunMs,
    gaps,
    agentId ?? '',
    stationId ?? '',
    date,
    recent.map(({ endsAt, startsAt }) => `${startsAt}-${endsAt}`).join(';'),
    pace,
    leaseEndsAt - lastBeatAt,
  ].join(',');
}

/** Null for a text that `encodeProof` did not make. */
export function decodeProof(text: string): PlacedProof | null {
  const fields = text.split(',');
  if (fields.length !== FIELDS && fields.length !== FIELDS_WITHOUT_PACE) return null;
  const [paceText = '1', leaseText = '0'] = fields.slice(FIELDS_WITHOUT_PACE);
  const pace = PACES.find((one) => one === Number(paceText));
  if (pace === undefined) return null;
  const [seq, active, warned, openedAt, lastBeatAt, runStartsAt, runLeasedMs, overrunMs, gaps] = fields.map(Number);
  const [agentId, stationId, date, recentText] = fields.slice(9) as [string, string, CalendarDate, string];
  const recent = recentText === '' ? [] : recentText.split(';').map(readInterval);
  const proof = {
    seq: seq!,
    state: active === 1 ? ('active' as const) : ('paused' as const),
    pace,
    isWarned: warned === 1,
    openedAt: openedAt!,
    lastBeatAt: lastBeatAt!,
    leaseEndsAt: lastBeatAt! + Number(leaseText),
    runStartsAt: runStartsAt! < 0 ? null : runStartsAt!,
    runLeasedMs: runLeasedMs!,
    overrunMs: overrunMs!,
    gaps: gaps!,
    date,
    recent,
  };
  return { proof, agentId: agentId || null, stationId: stationId || null };
}

/** Only of the start of a text; -1: it does not begin with a number. */
export function seqOfProof(text: string): number {
  const seq = Number(text.slice(0, Math.max(0, text.indexOf(','))) || NONE);
  return Number.isSafeInteger(seq) ? seq : -1;
}

function readInterval(text: string): Interval {
  const [startsAt, endsAt] = text.split('-').map(Number) as [Instant, Instant];
  return { startsAt, endsAt };
}
