import type { Players } from '../../directory/directory.ts';
import type { SessionPush } from '../../push/session-push.ts';
import type { HandlersOf } from '../handler.ts';

export interface SessionEventPorts {
  readonly push: Pick<SessionPush, 'open'>;
  readonly players: Pick<Players, 'findProfile'>;
}

/** For proxies that would collect an answer before they pass it on. */
const UNBUFFERED = { 'X-Accel-Buffering': 'no' } as const;

export function sessionEventRoutes({ players, push }: SessionEventPorts): HandlersOf<'getSessionEvents'> {
  return {
    getSessionEvents: async (_input, { principal }) => {
      const content = await push.open(principal.claims, principal.expiresAt, players);
      const raw = { mediaType: 'text/event-stream; charset=utf-8', content, isEndless: true };
      return { status: 200, raw, headers: UNBUFFERED };
    },
  };
}
