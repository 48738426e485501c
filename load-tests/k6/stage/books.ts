// Whether what was counted is what was played: every session has been played without a break since it was opened.
import { Rate } from 'k6/metrics';
import { bodyOf, get } from './api.ts';
import { sendBeat } from './heartbeats.ts';
import { DATES, MIDNIGHT_AT } from './sandbox-clock.ts';
import { tell } from './tell.ts';
import type { PlaySession, Tenant } from './tenant.ts';

/** Sessions whose count is not what was played, of those looked at. */
export const countedWrong = new Rate('counted_wrong');

export const BOOKS_ARE_RIGHT = { counted_wrong: ['rate==0'] };

const LOOKED_AT_MAX = 50;
const SEQ_LAST = 1_000_000_000;
/** The gateway reads its clock once a request; times are whole milliseconds. */
const ROUNDING_MS = 2;

interface BeatAnswer {
  readonly serverAt: string;
  readonly used: { readonly gameMs: number };
}

function* someOf(sessions: readonly PlaySession[]): Generator<PlaySession> {
  const step = Math.ceil(sessions.length / LOOKED_AT_MAX);
  for (let at = 0; at < sessions.length; at += step) yield sessions[at]!;
}

function judge(session: PlaySession, countedMs: number, playedMs: number, lostMsMax: number): void {
  const isRight = countedMs <= playedMs + ROUNDING_MS && countedMs >= playedMs - lostMsMax - ROUNDING_MS;
  countedWrong.add(!isRight);
  if (!isRight) tell(`${session.sessionId}: counted ${countedMs} ms of ${playedMs} ms`);
}

/** `lostMsMax`: how much of a session's play may be lost; never may more be counted than was played. */
export function checkBooks(sessions: readonly PlaySession[], lostMsMax = 0): void {
  for (const session of someOf(sessions)) {
    const { serverAt, used } = bodyOf<BeatAnswer>(sendBeat(session, SEQ_LAST, { phase: 'books' }));
    judge(session, used.gameMs, Date.parse(serverAt) - Date.parse(session.openedAt), lostMsMax);
  }
}

/** Of sessions over a midnight of the sandbox clock: each day has its part of them. */
export function checkBooksOfBothDays({ secretKey }: Tenant, sessions: readonly PlaySession[]): void {
  const countedOn = ({ playerId }: PlaySession, date: string): number => {
    const path = `/v1/players/${playerId}/playtime?date=${date}`;
    return bodyOf<{ totalMs: number }>(get({ name: 'books', path, key: secretKey })).totalMs;
  };
  for (const session of someOf(sessions)) {
    const { serverAt } = bodyOf<BeatAnswer>(sendBeat(session, SEQ_LAST, { phase: 'books' }));
    judge(session, countedOn(session, DATES.before), MIDNIGHT_AT - Date.parse(session.openedAt), 0);
    judge(session, countedOn(session, DATES.after), Date.parse(serverAt) - MIDNIGHT_AT, 0);
  }
}
