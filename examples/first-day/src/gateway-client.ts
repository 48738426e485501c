// A few calls of the HTTP contract with fetch; a real game uses @playgate/sdk.
import type {
  AgeVerificationReply,
  HeartbeatReply,
  ListGamesReply,
  OpenSessionReply,
  PlaytimeReply,
  SessionOpened,
} from '@playgate/contract/wire';

export class GatewayClient {
  private readonly baseUrl: string;
  private readonly secretKey: string;

  constructor(baseUrl: string, secretKey: string) {
    this.baseUrl = baseUrl;
    this.secretKey = secretKey;
  }

  listGames(): Promise<ListGamesReply> {
    return this.call('GET', '/v1/games');
  }

  freezeClock(now: string): Promise<unknown> {
    return this.call('PUT', '/v1/sandbox/clock', { now });
  }

  advanceClock(ms: number): Promise<unknown> {
    return this.call('POST', '/v1/sandbox/clock/advance', { ms });
  }

  releaseClock(): Promise<unknown> {
    return this.call('DELETE', '/v1/sandbox/clock');
  }

  verifyAge(playerRef: string, birthDate: string, guardianPhone: string): Promise<AgeVerificationReply> {
    const guardian = { relationship: 'parent', phone: guardianPhone, consentedAt: '2026-01-01T00:00:00.000Z' };
    const phone = { phone: '+84901234567', phoneVerified: true };
    return this.call('POST', '/v1/age-verifications', { playerRef, method: 'attested', birthDate, ...phone, guardian });
  }

  openSession(ageToken: string, gameId: string, deviceId: string): Promise<OpenSessionReply> {
    return this.call('POST', '/v1/sessions', { ageToken, gameId, device: { id: deviceId } });
  }

  heartbeat(session: SessionOpened, seq: number): Promise<HeartbeatReply> {
    const path = `/v1/sessions/${session.sessionId}/heartbeats`;
    return this.call('POST', path, { seq, state: 'active' }, session.sessionToken);
  }

  closeSession(session: SessionOpened, reason: string): Promise<unknown> {
    return this.call('POST', `/v1/sessions/${session.sessionId}/close`, { reason }, session.sessionToken);
  }

  readPlaytime(playerId: string, date: string): Promise<PlaytimeReply> {
    return this.call('GET', `/v1/players/${playerId}/playtime?date=${date}`);
  }

  private async call<Reply>(method: string, path: string, body?: unknown, token = this.secretKey): Promise<Reply> {
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Reply;
  }
}
