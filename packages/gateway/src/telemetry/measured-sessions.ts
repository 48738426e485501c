// Counts what the sessions answer: starts by outcome and reason, heartbeats by verdict, and what was answered without the
// ledger. It changes nothing.
import type { Sessions } from '../http/routes/sessions.ts';
import type { GatewayMetrics } from './metrics.ts';

type Counted = Pick<GatewayMetrics, 'fallbackAnswered' | 'heartbeatAnswered' | 'startAnswered'>;

export function measureSessions(sessions: Sessions, metrics: Counted): Sessions {
  return {
    open: async (...args) => {
      const answer = await sessions.open(...args);
      metrics.startAnswered(answer.verdict, answer.verdict === 'denied' ? answer.reason : 'none');
      if (answer.verdict === 'play' && answer.source === 'fallback') metrics.fallbackAnswered('start');
      return answer;
    },
    heartbeat: async (...args) => {
      const answer = await sessions.heartbeat(...args);
      metrics.heartbeatAnswered(answer.verdict, 'reason' in answer ? (answer.reason ?? 'none') : 'none');
      if (answer.source === 'fallback') metrics.fallbackAnswered('heartbeat');
      return answer;
    },
    heartbeats: async (...args) => {
      const results = await sessions.heartbeats(...args);
      for (const result of results) {
        if ('code' in result) metrics.heartbeatAnswered(result.code, 'none');
        else metrics.heartbeatAnswered(result.verdict, 'reason' in result ? (result.reason ?? 'none') : 'none');
      }
      return results;
    },
    close: (...args) => sessions.close(...args),
    playtime: (...args) => sessions.playtime(...args),
  };
}
