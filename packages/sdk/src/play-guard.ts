// The way in: one guard per game, at most one session at a time.
import type { RefusedStart } from './answers.ts';
import { type PlayGuardOptions, resolveOptions } from './options.ts';
import { playerOf } from './player-of.ts';
import type { PlaySession } from './session/play-session.ts';
import { startSession } from './start-session.ts';
import type { LoadTabs } from './tabs/tab-sharing.ts';

export interface StartOptions {
  /** From the provider's server, which got it from an age verification; null: the player is not verified. */
  readonly ageToken: string | null;
  /** The seat of an agent on which is played. */
  readonly stationToken?: string;
  readonly device?: { readonly id?: string; readonly platform?: string };
}

export interface Denial extends RefusedStart {
  /** `message` in the guard's locale, to be shown to the player. */
  readonly text: string;
}

/** A refusal to play is an answer, not an error. */
export type StartResult = { readonly verdict: 'play'; readonly session: PlaySession } | Denial;

/** `on`, `pause` and `resume` act on the session that runs; before it runs they wait for it, and a refused start drops them. */
export interface PlayGuard extends Pick<PlaySession, 'on' | 'pause' | 'resume'> {
  /**
   * While a session of the player is starting or running, every call gives that same one. A start of another player, by the
   * token's subject, means that the one before has left: that session is ended with `player_changed`.
   * @throws PlaygateError (as a rejection) when the gateway refuses the request itself, or is away and the player is not known as an
   * adult here
   */
  startSession(options: StartOptions): Promise<StartResult>;
  /** As of the session. One that is still starting ends as soon as it has started; where there is none, nothing happens. */
  end(reason?: string): Promise<void>;
}

/** @throws TypeError that names the bad option */
export function createPlayGuard(options: PlayGuardOptions): PlayGuard {
  return createPageGuard(options, async () => undefined);
}

interface Current {
  readonly player: string;
  readonly result: Promise<StartResult>;
}

type Act = (session: PlaySession) => unknown;

/** A start that fails or is refused has no session to act on. */
async function actOn(current: Current, act: Act): Promise<void> {
  const result = await current.result.catch(() => null);
  if (result?.verdict === 'play') await act(result.session);
}

/** For hosts in which several pages play. @throws TypeError that names the bad option */
export function createPageGuard(options: PlayGuardOptions, loadTabs: LoadTabs): PlayGuard {
  const resolved = resolveOptions(options);
  let current: Current | null = null;
  const waiting: Act[] = [];
  const act = (what: Act): void => {
    if (current === null) waiting.push(what);
    else void actOn(current, what);
  };
  const start = async (asked: StartOptions, before: Current | null, forget: () => void): Promise<StartResult> => {
    if (before !== null) await actOn(before, (session) => void session.end('player_changed'));
    return startSession({ options: resolved, asked, loadTabs }, forget);
  };
  return {
    startSession(asked) {
      const player = playerOf(asked.ageToken);
      if (current?.player === player) return current.result;
      const forget = () => {
        if (current === starting) current = null;
      };
      const result = start(asked, current, forget);
      const starting = { player, result };
      result.then(({ verdict }) => verdict === 'denied' && forget(), forget);
      current = starting;
      for (const what of waiting.splice(0)) act(what);
      return result;
    },
    on(type, listener) {
      let isOn = true;
      act((session) => session.on(type, (event) => (isOn ? listener(event) : undefined)));
      return () => {
        isOn = false;
      };
    },
    pause: () => act((session) => session.pause()),
    resume: () => act((session) => session.resume()),
    end: async (reason) => {
      if (current !== null) await actOn(current, (session) => session.end(reason));
    },
  };
}
