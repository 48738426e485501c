// What a scripted gateway does, as data: how starts are answered, which rules hold, and what befalls the session when.
import type { EndReason, RefusalReason } from '../answers.ts';
import type { ModelRules } from './model-gateway.ts';
import type { NetworkState } from './virtual-network.ts';

/** `play`, or a refusal and when it is over (RFC 3339; null: time does not lift it). */
export type StartAnswer = 'play' | { readonly reason: RefusalReason; readonly nextAllowedAt?: string | null };

/** One thing that happens `atMs` after the scenario was set up. */
export type ScenarioStep = { readonly atMs: number } & (
  | { readonly do: 'network'; readonly state: NetworkState }
  /** Every answer takes so long from now on. */
  | { readonly do: 'delay'; readonly delayMs: number }
  /** The next answers get lost on their way; the requests were carried out. */
  | { readonly do: 'loseAnswers'; readonly count: number }
  /** The next requests are answered with a problem. */
  | {
      readonly do: 'fail';
      readonly status: number;
      readonly code: string;
      readonly count: number;
      readonly retryAfterS?: number;
    }
  /** Somebody ends play: a guardian, the agent, another device. The next heartbeat learns of it. */
  | { readonly do: 'end'; readonly reason: EndReason }
  /** Time is given back. */
  | { readonly do: 'grant'; readonly ms: number }
  /** Midnight: the day's play starts at nothing. */
  | { readonly do: 'newDay' }
);

export interface Scenario {
  /** Default: an hour a day of which nothing is used, heartbeats every 30 s, a lease of 90 s. */
  readonly rules?: Partial<ModelRules>;
  /** Answers to starts, one each; the last holds for all that follow. Default: `play`. */
  readonly starts?: readonly StartAnswer[];
  readonly steps?: readonly ScenarioStep[];
}

/** The books of one session. */
export interface ScriptedSession {
  /** Play of the day in ms, as counted up to the last heartbeat. */
  readonly usedMs: number;
  /** Every heartbeat that arrived, in order, duplicates included. */
  readonly beats: readonly { readonly seq: number; readonly state: 'active' | 'paused' }[];
  /** How the game closed it; null: it did not. */
  readonly closed: { readonly reason: string } | null;
}
