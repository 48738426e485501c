// Keeps requests of players who may not play away from a game's own handlers.
import { JSON_MEDIA_TYPE } from '@playgate/contract/wire';
import type { MayPlay, MayPlayAnswer } from './may-play.ts';

/** 403: play is over. 503: nobody can tell, try again. */
const ENDED = 403;
const AWAY = 503;
export const RETRY_AFTER_S = 5;

/** What the game answers in place of its own handler. */
export interface PlayRefusal {
  readonly code: 'play_ended' | 'play_unknown';
  readonly reason: NonNullable<MayPlayAnswer['reason']>;
}

export interface RefusedRequest {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: PlayRefusal;
}

/** Null: the player may act. */
export function refusalOf({ mayPlay, reason, source }: MayPlayAnswer): RefusedRequest | null {
  if (mayPlay) return null;
  const isAway = source === 'away' && reason === 'ledger_unavailable';
  return {
    status: isAway ? AWAY : ENDED,
    headers: isAway ? { 'Retry-After': String(RETRY_AFTER_S) } : {},
    body: { code: isAway ? 'play_unknown' : 'play_ended', reason: reason ?? 'session_closed' },
  };
}

const NO_SESSION: MayPlayAnswer = {
  mayPlay: false,
  reason: 'unknown_session',
  remainingMs: null,
  endsAt: null,
  source: 'gateway',
};

/**
 * Where the session of a request is found. It has to come from what the server knows of its caller (the login's record): a
 * session id that the client names may be another player's.
 */
export type SessionIdOf<Request> = (request: Request) => string | null | undefined | Promise<string | null | undefined>;

async function judge<Request>(mayPlay: MayPlay, sessionIdOf: SessionIdOf<Request>, request: Request) {
  const sessionId = await sessionIdOf(request);
  return refusalOf(sessionId ? await mayPlay.ask(sessionId) : NO_SESSION);
}

/** Null: go on. */
export type RequestGuard = (request: Request) => Promise<Response | null>;

export function guardRequests(mayPlay: MayPlay, sessionIdOf: SessionIdOf<Request>): RequestGuard {
  return async (request) => {
    const refused = await judge(mayPlay, sessionIdOf, request);
    if (refused === null) return null;
    const { body, headers, status } = refused;
    return new Response(JSON.stringify(body), { status, headers: { ...headers, 'Content-Type': JSON_MEDIA_TYPE } });
  };
}

/** The part of Express's response that is used. */
export interface ExpressResponse {
  status(code: number): unknown;
  setHeader(name: string, value: string): unknown;
  json(body: unknown): unknown;
}

export type ExpressMiddleware<Request> = (
  request: Request,
  response: ExpressResponse,
  next: (error?: unknown) => void,
) => void;

export function expressMiddleware<Request>(
  mayPlay: MayPlay,
  sessionIdOf: SessionIdOf<Request>,
): ExpressMiddleware<Request> {
  return (request, response, next) => {
    judge(mayPlay, sessionIdOf, request).then((refused) => {
      if (refused === null) return next();
      for (const [name, value] of Object.entries(refused.headers)) response.setHeader(name, value);
      response.status(refused.status);
      response.json(refused.body);
    }, next);
  };
}
