// Counts what the sessions answer: starts by outcome and reason, heartbeats by verdict. It changes nothing.
import type { Sessions } from '../http/routes/sessions.ts';
import type { GatewayMetrics } from './metrics.ts';

type Counted = Pick<GatewayMetrics, 'heartbeatAnswered' | 'startAnswered'>;

export function measureSessions(sessions: Sessions, metrics: Counted): Sessions {
  return {
    open: async (...args) => {
      const answer = await sessions.open(...args);
      metrics.startAnswered(answer.verdict, answer.verdict === 'denied' ? answer.reason : 'none');
      return answer;
    },
    heartbeat: async (...args) => {
      const answer = await sessions.heartbeat(...args);
      metrics.heartbeatAnswered(answer.verdict);
      return answer;
    },
    heartbeats: async (...args) => {
      const results = await sessions.heartbeats(...args);
      for (const result of results) metrics.heartbeatAnswered('code' in result ? result.code : result.verdict);
      return results;
    },
    close: (...args) => sessions.close(...args),
    playtime: (...args) => sessions.playtime(...args),
  };
}
