// The calls of the provider's server that the suite makes, in the test world of the given key.
import type { PlayAllowance } from '@playgate/contract/wire';

const PHONE = '+84901234567';

export interface GatewayAccess {
  readonly url: string;
  /** `sk_test_...` */
  readonly secretKey: string;
  /** `pk_test_...` */
  readonly publishableKey: string;
}

export interface AcceptancePlayer {
  readonly playerId: string;
  readonly ageToken: string | null;
}

type Call = `${'GET' | 'POST' | 'PUT' | 'DELETE'} ${string}`;

export class GatewayApi {
  readonly access: GatewayAccess;

  constructor(access: GatewayAccess) {
    this.access = access;
  }

  async freeze(at: number): Promise<void> {
    await this.#call('PUT /v1/sandbox/clock', { now: new Date(at).toISOString() });
  }

  async advance(ms: number): Promise<void> {
    await this.#call('POST /v1/sandbox/clock/advance', { ms });
  }

  async release(): Promise<void> {
    await this.#call('DELETE /v1/sandbox/clock');
  }

  async createGame(rating: string): Promise<string> {
    const body = { title: 'Acceptance', class: 'G1', rating };
    return String((await this.#call('POST /v1/games', body)).gameId);
  }

  /** @param birthDate YYYY-MM-DD */
  async verify(playerRef: string, birthDate: string, consentedAt: string): Promise<AcceptancePlayer> {
    const guardian = { relationship: 'parent', phone: PHONE, consentedAt };
    const facts = { method: 'attested', birthDate, phone: PHONE, phoneVerified: true, guardian };
    const reply = await this.#call('POST /v1/age-verifications', { playerRef, ...facts });
    const ageToken = typeof reply.ageToken === 'string' ? reply.ageToken : null;
    return { playerId: String(reply.playerId), ageToken };
  }

  /** Counts as played on that day without anybody playing. */
  async addPlay(playerId: string, gameId: string, date: string, deltaMs: number): Promise<void> {
    const body = { date, gameId, deltaMs, reason: 'error: set up by the acceptance suite' };
    await this.#call(`POST /v1/players/${playerId}/corrections`, body);
  }

  /** Of one game on a day. */
  async usedMs(playerId: string, gameId: string, date: string): Promise<number> {
    const { games } = await this.#call(`GET /v1/players/${playerId}/playtime?date=${date}`);
    const list = games as readonly { readonly gameId: string; readonly usedMs: number }[];
    return list.find((game) => game.gameId === gameId)?.usedMs ?? 0;
  }

  /** What the gateway allows a player now, found out by a session that is closed at once. */
  async probe(player: AcceptancePlayer, gameId: string): Promise<PlayAllowance> {
    const opened = await this.#call('POST /v1/sessions', { ageToken: player.ageToken, gameId });
    if (opened.verdict !== 'play') throw new Error(`the gateway refused the probe: ${String(opened.reason)}`);
    await this.#call(`POST /v1/sessions/${String(opened.sessionId)}/close`, { reason: 'quit' });
    return opened as unknown as PlayAllowance;
  }

  async #call(call: Call, body?: unknown): Promise<Record<string, unknown>> {
    const [method, path] = call.split(' ') as [string, string];
    const response = await fetch(`${this.access.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.access.secretKey}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const value = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (!response.ok) throw new Error(`${call}: ${response.status} ${String(value.code)} ${String(value.detail)}`);
    return value;
  }
}
