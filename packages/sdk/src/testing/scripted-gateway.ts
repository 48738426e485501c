// A gateway that is a scenario: no process, no network, no account. It keeps books small enough to be obviously right, so
// what a game sees of it is what it would see of the real one for one player, one game and one limit.
import type { CloseSessionRequest, HeartbeatRequest } from '@playgate/contract/wire';
import type { RefusedStart } from '../answers.ts';
import type { PlatformRequest, PlatformResponse } from '../platform/platform.ts';
import { ModelGateway, type ModelRules, RULES } from './model-gateway.ts';
import type { Scenario, ScenarioStep, ScriptedSession, StartAnswer } from './scenario.ts';
import { type GuardDefaults, VirtualDevice } from './virtual-device.ts';
import { VirtualTime } from './virtual-time.ts';

const URL = 'https://scripted.playgate.test';
const KEY = 'pk_test_scripted';
const GAME_ID = 'scripted-game';
const SESSION_PATH = /\/v1\/sessions\/ses_(\d+)\/(\w+)$/;

type Failure = Extract<ScenarioStep, { readonly do: 'fail' }>;

export class ScriptedGateway {
  readonly time: VirtualTime;
  readonly device: VirtualDevice;
  readonly #rules: ModelRules;
  readonly #starts: readonly StartAnswer[];
  #startCount = 0;
  #failures: Failure[] = [];
  readonly #sessions: ModelGateway[] = [];

  constructor(scenario: Scenario = {}, time = new VirtualTime()) {
    this.time = time;
    this.#rules = { ...RULES, ...scenario.rules };
    this.#starts = scenario.starts ?? ['play'];
    this.device = new VirtualDevice(time, async (url, request) => this.#answer(url, request));
    for (const step of scenario.steps ?? []) time.setTimer(() => this.perform(step), step.atMs);
  }

  /** One per start that was answered with `play`. */
  get sessions(): readonly ScriptedSession[] {
    return this.#sessions;
  }

  /** Options of a guard on the device. */
  get guardOptions(): GuardDefaults {
    return { gatewayUrl: URL, publishableKey: KEY, gameId: GAME_ID, platform: this.device.platform };
  }

  /** What a step says, now. */
  perform(step: Omit<ScenarioStep, 'atMs'> | ScenarioStep): void {
    const { network } = this.device;
    const act = step as ScenarioStep;
    if (act.do === 'network') network.state = act.state;
    else if (act.do === 'delay') network.delayMs = act.delayMs;
    else if (act.do === 'loseAnswers') network.loseAnswers(act.count);
    else if (act.do === 'fail') this.#failures.push(...Array.from({ length: act.count }, () => act));
    else for (const session of this.#sessions) performOnBooks(session, act);
  }

  #answer(url: string, { body }: PlatformRequest): PlatformResponse {
    const failure = this.#failures.shift();
    if (failure !== undefined) return problem(failure);
    const [, id, operation] = SESSION_PATH.exec(url) ?? [];
    const session = this.#sessions[Number(id)];
    const request: unknown = JSON.parse(body);
    if (session === undefined) return this.#start();
    if (operation === 'heartbeats') return json(200, session.beat(request as HeartbeatRequest, this.time.now));
    session.closed ??= request as CloseSessionRequest;
    const closedAt = new Date(this.time.now).toISOString();
    return json(200, { closedAt, reason: session.closed.reason, used: {}, timeToEnforceMs: null });
  }

  #start(): PlatformResponse {
    const answer = this.#starts[Math.min(this.#startCount, this.#starts.length - 1)] ?? 'play';
    this.#startCount += 1;
    if (answer !== 'play') return json(200, this.#refusal(answer));
    const { now } = this.time;
    const sessionId = `ses_${this.#sessions.length}`;
    const session = new ModelGateway(this.#rules, now, now);
    this.#sessions.push(session);
    const opened = { verdict: 'play', sessionId, sessionToken: `token-of-${sessionId}` };
    return json(201, { ...session.allowance(now), ...opened });
  }

  #refusal({ reason, nextAllowedAt = null }: Exclude<StartAnswer, 'play'>): RefusedStart {
    return {
      verdict: 'denied',
      reason,
      bindingRule: null,
      nextAllowedAt,
      conflicts: [],
      message: { vi: `Chưa chơi được: ${reason}`, en: `Not now: ${reason}` },
      serverAt: new Date(this.time.now).toISOString(),
      source: 'live',
    };
  }
}

function performOnBooks(session: ModelGateway, step: ScenarioStep): void {
  if (step.do === 'end') session.ordered = step.reason;
  else if (step.do === 'grant') session.usedMs = Math.max(0, session.usedMs - step.ms);
  else if (step.do === 'newDay') session.usedMs = 0;
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): PlatformResponse {
  const text = JSON.stringify(body);
  return { status, headers: { get: (name) => headers[name] ?? null }, text: async () => text };
}

function problem({ code, retryAfterS, status }: Failure): PlatformResponse {
  const headers = retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) };
  return json(status, { type: 'about:blank', title: code, status, detail: code, code, requestId: 'req_1' }, headers);
}
