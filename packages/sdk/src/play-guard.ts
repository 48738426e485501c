// The way in: one guard per game, at most one session at a time.
import type { RefusedStart } from './answers.ts';
import { type PlayGuardOptions, resolveOptions } from './options.ts';
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

export interface PlayGuard {
  /**
   * While a session is starting or running, every call gives that same one.
   * @throws PlaygateError (as a rejection) when the gateway is away or refuses the request itself
   */
  startSession(options: StartOptions): Promise<StartResult>;
}

/** @throws TypeError that names the bad option */
export function createPlayGuard(options: PlayGuardOptions): PlayGuard {
  return createPageGuard(options, async () => undefined);
}

/** For hosts in which several pages play. @throws TypeError that names the bad option */
export function createPageGuard(options: PlayGuardOptions, loadTabs: LoadTabs): PlayGuard {
  const resolved = resolveOptions(options);
  let current: Promise<StartResult> | null = null;
  return {
    startSession(start) {
      if (current !== null) return current;
      const forget = () => {
        if (current === starting) current = null;
      };
      const starting = startSession({ options: resolved, asked: start, loadTabs }, forget);
      current = starting;
      starting.then((result) => result.verdict === 'denied' && forget(), forget);
      return starting;
    },
  };
}
