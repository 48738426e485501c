// Runs a history of vectors/histories over HTTP; vectors/README.md says what the steps mean.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

const FOLDER = path.join(import.meta.dirname, '../../../../vectors/histories');
const STEP_MS = 30_000;

type Fields = Record<string, unknown>;
interface PlayerFacts {
  readonly birthDate: string;
  readonly guardian?: boolean;
  readonly phoneVerified?: boolean;
}
interface Step extends Fields {
  readonly do: string;
  readonly want?: Fields;
}
export interface History {
  readonly note: string;
  readonly games: Readonly<Record<string, Fields>>;
  readonly players: Readonly<Record<string, PlayerFacts>>;
  readonly station?: boolean;
  readonly steps: readonly Step[];
}

export function readHistories(): readonly (readonly [string, History])[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as History]);
}

/** Sends one request; the answer must be JSON or empty. */
export type Send = (
  method: string,
  path: string,
  options: { readonly key: string; readonly body?: unknown },
) => Promise<{ readonly status: number; readonly body: Fields }>;

interface Player {
  facts: PlayerFacts;
  verified: Fields | null;
}

export async function runHistory(send: Send, adminToken: string, history: History): Promise<void> {
  const run = new HistoryRun(send, history);
  await run.prepare(adminToken);
  for (const [index, step] of history.steps.entries()) await run.take(step, `step ${index + 1}: ${step.do}`);
}

class HistoryRun {
  private readonly send: Send;
  private readonly history: History;
  private readonly players = new Map<string, Player>();
  private readonly sessions = new Map<string, { opened: Fields; seq: number }>();
  private readonly gameIds = new Map<string, string>();
  private secretKey = '';
  private publishableKey = '';
  private stationToken: unknown;

  constructor(send: Send, history: History) {
    this.send = send;
    this.history = history;
  }

  async prepare(adminToken: string): Promise<void> {
    const { providerId } = await this.ok('POST', '/v1/admin/providers', adminToken, { name: 'history' });
    const issue = async (kind: string) =>
      String((await this.ok('POST', `/v1/admin/providers/${providerId}/keys`, adminToken, { kind, mode: 'test' })).key);
    this.secretKey = await issue('secret');
    this.publishableKey = await issue('publishable');
    if (this.history.station) {
      const agent = { name: 'Café', licenceNo: 'L-1', province: 'Hà Nội' };
      const { key } = await this.ok('POST', '/v1/admin/agents', adminToken, agent);
      this.stationToken = (await this.ok('POST', '/v1/stations', String(key), { label: 'seat 1' })).stationToken;
    }
    for (const [name, facts] of Object.entries(this.history.players)) this.players.set(name, { facts, verified: null });
    for (const [name, game] of Object.entries(this.history.games)) {
      const created = await this.ok('POST', '/v1/games', this.secretKey, { title: name, class: 'G1', ...game });
      this.gameIds.set(name, String(created.gameId));
    }
  }

  async take(step: Step, what: string): Promise<void> {
    const answer = await this.act(step, what);
    if (step.want !== undefined && step.do !== 'play') expect(answer, what).toMatchObject(step.want);
  }

  private async act(step: Step, what: string): Promise<Fields> {
    switch (step.do) {
      case 'clock':
        return this.ok('PUT', '/v1/sandbox/clock', this.secretKey, { now: step.at });
      case 'advance':
        return this.ok('POST', '/v1/sandbox/clock/advance', this.secretKey, { ms: step.ms });
      case 'verify':
        return this.verify(String(step.player), step.with as Partial<PlayerFacts> | undefined);
      case 'open':
        return this.open(step);
      case 'play':
        return this.play(step, what);
      case 'beat':
        return this.beat(String(step.session), step.state, step.seq as number | undefined);
      case 'close': {
        const { opened } = this.session(step.session);
        const body = { reason: step.reason ?? 'quit' };
        return this.ok('POST', `/v1/sessions/${opened.sessionId}/close`, String(opened.sessionToken), body);
      }
      case 'guardianRules':
        return this.setGuardianRules(step);
      case 'playtime':
        return this.playtime(step);
      default:
        throw new Error(`unknown step: ${step.do}`);
    }
  }

  private async verify(name: string, changes: Partial<PlayerFacts> = {}): Promise<Fields> {
    const player = this.players.get(name)!;
    player.facts = { ...player.facts, ...changes };
    const guardian = { relationship: 'parent', phone: '+84907654321', consentedAt: '2026-01-01T00:00:00.000Z' };
    player.verified = await this.ok('POST', '/v1/age-verifications', this.secretKey, {
      playerRef: name,
      method: 'attested',
      birthDate: player.facts.birthDate,
      phone: '+84901234567',
      phoneVerified: player.facts.phoneVerified ?? true,
      ...(player.facts.guardian ? { guardian } : {}),
    });
    return player.verified;
  }

  private async verified(name: unknown): Promise<Fields> {
    return this.players.get(String(name))!.verified ?? this.verify(String(name));
  }

  private async open(step: Step): Promise<Fields> {
    const { ageToken } = await this.verified(step.player);
    const body = { ageToken, gameId: this.gameIds.get(String(step.game)) };
    const place = step.station ? { stationToken: this.stationToken } : {};
    const opened = await this.ok('POST', '/v1/sessions', this.publishableKey, { ...body, ...place });
    if (opened.verdict === 'play') this.sessions.set(String(step.session), { opened, seq: 0 });
    return opened;
  }

  private async play(step: Step, what: string): Promise<Fields> {
    const names = step.sessions as readonly string[];
    const also = (step.also ?? []) as readonly string[];
    const totalMs = Number(step.ms);
    const answers: Fields = {};
    for (let passedMs = 0; passedMs < totalMs; ) {
      const ms = Math.min(Number(step.stepMs ?? STEP_MS), totalMs - passedMs);
      await this.ok('POST', '/v1/sandbox/clock/advance', this.secretKey, { ms });
      for (const name of names) answers[name] = await this.beat(name, step.state);
      for (const name of also) await this.beat(name, step.alsoState);
      passedMs += ms;
    }
    expect(answers, what).toMatchObject(step.want ?? {});
    return answers;
  }

  private beat(name: string, state: unknown, seq?: number): Promise<Fields> {
    const session = this.session(name);
    const number = seq ?? session.seq + 1;
    session.seq = Math.max(session.seq, number);
    const { sessionId, sessionToken } = session.opened;
    const body = { seq: number, state: state ?? 'active' };
    return this.ok('POST', `/v1/sessions/${sessionId}/heartbeats`, String(sessionToken), body);
  }

  private async setGuardianRules(step: Step): Promise<Fields> {
    const { playerId } = await this.verified(step.player);
    const free = { gameLimitMs: null, dayLimitMs: null, bedtimes: [], pause: null };
    const rules = { ...free, ...(step.rules as Fields) };
    return this.ok('PUT', `/v1/players/${playerId}/guardian-rules`, this.secretKey, rules);
  }

  private async playtime(step: Step): Promise<Fields> {
    const { playerId } = await this.verified(step.player);
    const reply = await this.ok('GET', `/v1/players/${playerId}/playtime?date=${step.date}`, this.secretKey);
    const nameOf = new Map([...this.gameIds].map(([name, gameId]) => [gameId, name]));
    const games = reply.games as readonly { readonly gameId: string; readonly usedMs: number }[];
    return { ...reply, games: Object.fromEntries(games.map(({ gameId, usedMs }) => [nameOf.get(gameId)!, usedMs])) };
  }

  private session(name: unknown): { opened: Fields; seq: number } {
    const session = this.sessions.get(String(name));
    if (session === undefined) throw new Error(`session ${String(name)} was not opened`);
    return session;
  }

  private async ok(method: string, where: string, key: string, body?: unknown): Promise<Fields> {
    const answer = await this.send(method, where, { key, ...(body === undefined ? {} : { body }) });
    if (answer.status >= 300) throw new Error(`${method} ${where}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}
