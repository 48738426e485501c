// The words of the state machine: what it remembers, what it is told and what it asks to be done.
import type { CloseSessionRequest, HeartbeatReply, HeartbeatRequest } from '@playgate/contract/wire';
import type { PlaygateError } from '../errors.ts';
import type { PageState } from '../platform/platform.ts';
import type { AnySessionEvent } from './events.ts';
import type { Forecast } from './predictor.ts';

export type Phase = 'playing' | 'saving' | 'paused' | 'closing' | 'closed';

export interface MachineConfig {
  readonly locale: 'vi' | 'en';
  readonly graceToSaveMs: number;
  readonly pauseWhenHidden: boolean;
  /** A page that is left pauses its session instead of closing it: it may be back after a reload. */
  readonly keepWhenLeft: boolean;
  /** How long play may go on past a foretold end while the gateway is asked whether it still holds. */
  readonly confirmMs: number;
}

export type GatewayRequest =
  | { readonly kind: 'beat'; readonly body: HeartbeatRequest }
  | { readonly kind: 'close'; readonly body: CloseSessionRequest };

/** A request until it is settled. The same one is sent again until then: never a second seq for one beat. */
export interface Outgoing {
  readonly request: GatewayRequest;
  /** Null: waiting for `retryAt`. */
  readonly sentAt: number | null;
  readonly retryAt: number;
}

/** All instants are whole milliseconds of the monotonic clock. */
export interface SessionState {
  readonly phase: Phase;
  readonly link: 'online' | 'offline';
  /** Who holds play up; both may. */
  readonly heldBy: { readonly game: boolean; readonly page: boolean };
  readonly forecast: Forecast;
  /** Highest seq used. */
  readonly seq: number;
  readonly receipt: string | undefined;
  /** When the next beat is made; null: none is asked for. */
  readonly beatAt: number | null;
  readonly outgoing: Outgoing | null;
  /** Consecutive failures of the outgoing request. */
  readonly failures: number;
  /** While set, nothing is foretold to the game: a beat sent at or after `sinceAt` is awaited, at most until `untilAt`. */
  readonly confirming: { readonly sinceAt: number; readonly untilAt: number } | null;
  /** One such wait per answer, else pausing again and again would put off the end. */
  readonly mayConfirm: boolean;
  /** Play that notices are counted on: what the game had used today at the start, and play of this session since. */
  readonly playedMs: number;
  readonly playedUntilAt: number;
  /** By rule, the tightest step warned of today. */
  readonly warnedMs: Readonly<Record<string, number>>;
  readonly tickAt: number;
  /** When the machine asked to be woken; null: not. */
  readonly wakeAt: number | null;
}

/** What happened. Results are of the latest request sent; the loop drops those of requests given up. */
export type Input =
  | { readonly type: 'timer' }
  | { readonly type: 'slept' }
  | { readonly type: 'beatAnswered'; readonly reply: HeartbeatReply }
  | { readonly type: 'closeAnswered' }
  | { readonly type: 'failed'; readonly error: PlaygateError }
  | { readonly type: 'page'; readonly page: PageState }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'sync' }
  | { readonly type: 'end'; readonly reason: string };

/** Chance and time are handed in. */
export interface Moment {
  readonly now: number;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: number;
}

/** `send` replaces whatever request is under way; `wake` replaces the timer. */
export type Effect =
  | { readonly type: 'send'; readonly request: GatewayRequest }
  | { readonly type: 'emit'; readonly event: AnySessionEvent }
  | { readonly type: 'wake'; readonly at: number | null };

export interface Transition {
  readonly state: SessionState;
  readonly effects: readonly Effect[];
}
