// A game for an engine that has a script context, and nothing of a browser in it: no fetch, no timers, no clock that is safe
// from the player, no page. What it has instead is `engine`, as such engines have (Cocos: `cc.sys`, `cc.director`, an HTTP
// bridge to the host).
import { createPlayGuard, type Platform } from '@playgate/sdk';

export interface EngineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Engine {
  http(method: string, url: string, headers: Readonly<Record<string, string>>, body: string): Promise<EngineAnswer>;
  uptimeMs(): number;
  schedule(callback: () => void, delayMs: number): number;
  unschedule(id: number): void;
  onBackground(listener: (isHidden: boolean) => void): () => void;
  log(line: string): void;
}

export interface Login {
  readonly gatewayUrl: string;
  readonly publishableKey: string;
  readonly gameId: string;
  readonly ageToken: string;
}

declare const engine: Engine;
declare const login: Login;

const platform: Partial<Platform> = {
  fetch: async (url, { method, headers, body }) => {
    const answer = await engine.http(method, url, headers, body);
    return {
      status: answer.status,
      headers: { get: (name) => answer.headers[name.toLowerCase()] ?? null },
      text: async () => answer.body,
    };
  },
  monotonicMs: () => engine.uptimeMs(),
  setTimer: (callback, delayMs) => engine.schedule(callback, delayMs),
  clearTimer: (timer) => engine.unschedule(timer as number),
  watchPage: (listener) => engine.onBackground((isHidden) => listener(isHidden ? 'hidden' : 'visible')),
};

async function play({ ageToken, ...options }: Login): Promise<void> {
  const start = await createPlayGuard({ ...options, platform }).startSession({ ageToken });
  if (start.verdict === 'denied') return engine.log(`denied: ${start.reason}`);
  engine.log(`playing, rating ${start.session.rating}`);
  start.session.on('warning', ({ stepMs }) => engine.log(`warning: ${stepMs / 60_000} min left`));
  start.session.on('paused', () => engine.log('paused'));
  start.session.on('resumed', () => engine.log('resumed'));
  start.session.on('limitReached', ({ remainingMs }) =>
    engine.log(`save: ${Math.round((remainingMs ?? 0) / 1_000)} s left`),
  );
  start.session.on('ended', ({ reason }) => engine.log(`ended: ${reason}`));
}

play(login).catch((error: unknown) => engine.log(`broken: ${String(error)}`));
