// The calls of a café's day with fetch. Each goes with the key of whoever may make it: the operator registers cafés, a
// café looks after its seats, the game's provider vouches for ages, the game opens sessions.
import type {
  AgeVerificationReply,
  HeartbeatReply,
  ListGamesReply,
  OpenSessionReply,
  SessionOpened,
} from '@playgate/contract/wire';

export interface Demo {
  readonly baseUrl: string;
  readonly adminToken: string;
  readonly secretKey: string;
  readonly publishableKey: string;
}

/** What of a live session is printed here. */
export interface LiveSession {
  readonly sessionId: string;
  readonly stationLabel: string;
  readonly ageBand: string;
  readonly state: string;
  readonly endsAt: string | null;
}

export class CafeClient {
  private readonly demo: Demo;

  constructor(demo: Demo) {
    this.demo = demo;
  }

  registerCafe(name: string): Promise<{ readonly agentId: string; readonly key: string }> {
    const body = { name, licenceNo: 'HN-0042', province: 'Hà Nội' };
    return this.call('POST', '/v1/admin/agents', this.demo.adminToken, body);
  }

  addSeat(cafeKey: string, label: string): Promise<{ readonly stationId: string; readonly stationToken: string }> {
    return this.call('POST', '/v1/stations', cafeKey, { label });
  }

  async liveSessions(cafeKey: string): Promise<readonly LiveSession[]> {
    const reply = await this.call<{ sessions: LiveSession[] }>('GET', '/v1/agent/sessions', cafeKey);
    return reply.sessions;
  }

  endSession(cafeKey: string, sessionId: string, reason: string): Promise<unknown> {
    return this.call('POST', `/v1/agent/sessions/${sessionId}/end`, cafeKey, { reason });
  }

  accessLog(cafeKey: string, day: string): Promise<string> {
    return this.text('GET', `/v1/agent/access-log?from=${day}&to=${day}&format=csv`, cafeKey);
  }

  setClock(now: string): Promise<unknown> {
    return this.call('PUT', '/v1/sandbox/clock', this.demo.secretKey, { now });
  }

  advanceClock(ms: number): Promise<unknown> {
    return this.call('POST', '/v1/sandbox/clock/advance', this.demo.secretKey, { ms });
  }

  releaseClock(): Promise<unknown> {
    return this.call('DELETE', '/v1/sandbox/clock', this.demo.secretKey);
  }

  listGames(): Promise<ListGamesReply> {
    return this.call('GET', '/v1/games', this.demo.secretKey);
  }

  verifyAge(playerRef: string, birthDate: string): Promise<AgeVerificationReply> {
    const phone = { phone: '+84901234567', phoneVerified: true };
    const body = { playerRef, method: 'attested', birthDate, ...phone };
    return this.call('POST', '/v1/age-verifications', this.demo.secretKey, body);
  }

  open(ageToken: string, gameId: string, stationToken: string): Promise<OpenSessionReply> {
    return this.call('POST', '/v1/sessions', this.demo.publishableKey, { ageToken, gameId, stationToken });
  }

  beat({ sessionId, sessionToken }: SessionOpened, seq: number): Promise<HeartbeatReply> {
    return this.call('POST', `/v1/sessions/${sessionId}/heartbeats`, sessionToken, { seq, state: 'active' });
  }

  private async call<Reply>(method: string, path: string, token: string, body?: unknown): Promise<Reply> {
    const text = await this.text(method, path, token, body);
    return (text === '' ? undefined : JSON.parse(text)) as Reply;
  }

  private async text(method: string, path: string, token: string, body?: unknown): Promise<string> {
    const response = await fetch(this.demo.baseUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  }
}
