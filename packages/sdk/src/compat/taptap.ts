// For a game that already handles the codes of TapTap's compliance SDK: says in those codes what Playgate says. The codes and
// their meaning: https://developer.taptap.cn/docs/sdk/anti-addiction/guide/ ; the map with its gaps: docs/migrate-from-taptap.md.
import type { EndReason } from '../answers.ts';
import type { Denial, PlayGuard, StartOptions } from '../play-guard.ts';
import type { EndedEvent } from '../session/events.ts';
import type { PlaySession } from '../session/play-session.ts';

export const TAPTAP_CODES = {
  /** May play. */
  LOGIN_SUCCESS: 500,
  /** Back to the login page. */
  EXITED: 1000,
  /** The player pressed "switch account". Never given: Playgate has no such button. */
  SWITCH_ACCOUNT: 1001,
  /** Not at this time of day. */
  PERIOD_RESTRICT: 1030,
  /** No time left. */
  DURATION_LIMIT: 1050,
  /** Too young for this game. */
  AGE_LIMIT: 1100,
  /** Something is set up wrong, or the network is away. */
  INVALID_CLIENT_OR_NETWORK_ERROR: 1200,
  /** The player's identity is not established; may be tried again. */
  REAL_NAME_STOP: 9002,
} as const;
export type TapTapCode = (typeof TAPTAP_CODES)[keyof typeof TAPTAP_CODES];

/** What the codes cannot say. */
export type TapTapExtra =
  | { readonly type: 'started'; readonly session: PlaySession }
  | { readonly type: 'denied'; readonly denial: Denial }
  | { readonly type: 'ended'; readonly end: EndedEvent }
  | { readonly type: 'broken'; readonly error: unknown };

export type TapTapCallback = (code: TapTapCode, extra: TapTapExtra) => void;

const { AGE_LIMIT, DURATION_LIMIT, EXITED, LOGIN_SUCCESS, PERIOD_RESTRICT, REAL_NAME_STOP } = TAPTAP_CODES;
const { INVALID_CLIENT_OR_NETWORK_ERROR } = TAPTAP_CODES;

const CODES: Readonly<Record<EndReason, TapTapCode>> = {
  daily_budget_spent: DURATION_LIMIT,
  too_little_left: DURATION_LIMIT,
  outside_window: PERIOD_RESTRICT,
  guardian_window: PERIOD_RESTRICT,
  guardian_pause: PERIOD_RESTRICT,
  agent_closed: PERIOD_RESTRICT,
  age_rating: AGE_LIMIT,
  unverified: REAL_NAME_STOP,
  phone_required: REAL_NAME_STOP,
  guardian_required: REAL_NAME_STOP,
  ledger_unavailable: INVALID_CLIENT_OR_NETWORK_ERROR,
  concurrent_session: EXITED,
  session_taken_over: EXITED,
  session_lost: EXITED,
  session_closed: EXITED,
  agent_ended: EXITED,
};

/** Of why a start was refused, or why a session ended. A word of the game's own, given to `end()`, is an exit. */
export function tapTapCodeOf(reason: EndReason | (string & {})): TapTapCode {
  return Object.hasOwn(CODES, reason) ? CODES[reason as EndReason] : EXITED;
}

/**
 * Starts a session and tells of it as TapTap's compliance callback does: 500 once play may begin, one other code when it may
 * not or when it is over. Warnings, the health notice and the time to save have no code: listen to the session for them.
 * @returns the session; null when there is none, of which the callback was told
 */
export async function startWithTapTapCodes(
  guard: PlayGuard,
  options: StartOptions,
  callback: TapTapCallback,
): Promise<PlaySession | null> {
  const start = await guard.startSession(options).catch((error: unknown) => ({ verdict: 'broken', error }) as const);
  if (start.verdict === 'broken') {
    callback(INVALID_CLIENT_OR_NETWORK_ERROR, { type: 'broken', error: start.error });
    return null;
  }
  if (start.verdict === 'denied') {
    callback(tapTapCodeOf(start.reason), { type: 'denied', denial: start });
    return null;
  }
  const { session } = start;
  session.on('ended', (end) => callback(tapTapCodeOf(end.reason), { type: 'ended', end }));
  callback(LOGIN_SUCCESS, { type: 'started', session });
  return session;
}
