import { formatInstant } from '@playgate/policy';
import { heartbeatJson } from '../../sessions/reply-json.ts';
import type { SessionService } from '../../sessions/session-service.ts';
import type { HandlersOf } from '../handler.ts';

/** What the routes ask of the sessions. */
export type Sessions = Pick<SessionService, 'close' | 'heartbeat' | 'heartbeats' | 'open' | 'playtime'>;

type SessionOperation = 'closeSession' | 'getPlaytime' | 'openSession' | 'recordHeartbeat' | 'recordHeartbeats';

export function sessionRoutes({ sessions }: { readonly sessions: Sessions }): HandlersOf<SessionOperation> {
  return {
    openSession: async ({ body }, { principal, now }) => {
      const protocol = principal.kind === 'secret' ? 'server' : 'client';
      const answer = await sessions.open(principal.world, body, now, protocol);
      return answer.verdict === 'play' ? { status: 201, body: answer } : { status: 200, body: answer };
    },
    recordHeartbeat: async ({ body }, { principal, now }) => {
      const answer = await sessions.heartbeat(principal.claims, body, now);
      return { status: 200, body: answer, json: heartbeatJson(answer) };
    },
    recordHeartbeats: async ({ body }, { principal, now }) => ({
      status: 200,
      body: { serverAt: formatInstant(now), results: await sessions.heartbeats(principal.world, body, now) },
    }),
    closeSession: async ({ params, body }, { principal, now }) => {
      const claims = principal.kind === 'session' ? principal.claims : null;
      const world = principal.kind === 'session' ? principal.claims.world : principal.world;
      return { status: 200, body: await sessions.close(world, params.sessionId, body, now, claims) };
    },
    getPlaytime: async ({ params, query }, { principal, now }) => ({
      status: 200,
      body: await sessions.playtime(principal.world, params.playerId, query.date, now),
    }),
  };
}
