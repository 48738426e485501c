// What a session tells the game. Every event says what to do: go on, save now, or leave play.
import type { BindingRule, EndReason, LocalizedText, UsedToday } from '../answers.ts';
import type { PlaygateError } from '../errors.ts';
import type { Remaining } from './predictor.ts';

/** `continue`: play on, show it; `save`: save the game now, play ends soon; `exit`: stop play now. */
export type Action = 'continue' | 'save' | 'exit';

interface SessionEvent<Type extends string, Does extends Action = 'continue'> {
  readonly type: Type;
  readonly action: Does;
}

/** Time left fell below a step of the policy. Once per rule and day, and only the tightest of steps crossed together. */
export interface WarningEvent extends SessionEvent<'warning'>, Remaining {
  readonly stepMs: number;
}

/** A text the law wants shown every so many minutes of play, whoever plays. */
export interface NoticeEvent extends SessionEvent<'notice'> {
  readonly id: string;
  /** The gateway's exact words in the guard's locale. */
  readonly text: string;
  readonly texts: LocalizedText;
}

/** Play ends in `remainingMs`: save now. Comes `graceToSaveMs` before the end, inside the allowed time. */
export interface LimitReachedEvent extends SessionEvent<'limitReached', 'save'>, Remaining {
  readonly reason: EndReason;
}

/** Who ended it: the rule as foretold, the gateway's verdict, the game's own call, or the page being left. */
export type EndedBy = 'limit' | 'gateway' | 'game' | 'page';

/** The last event of a session. */
export interface EndedEvent extends SessionEvent<'ended', 'exit'> {
  readonly by: EndedBy;
  /** The gateway's reason, or the word the game gave to `end()`. */
  readonly reason: EndReason | (string & {});
  readonly bindingRule: BindingRule | null;
  /** Instant of the gateway's clock, RFC 3339. */
  readonly endedAt: string;
  /** When play is allowed again, RFC 3339, as answered or foretold; null: time does not lift it, or the gateway was away too long. */
  readonly nextAllowedAt: string | null;
  /** The gateway's words in the guard's locale; null when it gave none. */
  readonly text: string | null;
}

/** What stopped or restarted play. */
export interface PausedEvent extends SessionEvent<'paused'> {
  readonly by: 'game' | 'page';
}
export interface ResumedEvent extends SessionEvent<'resumed'> {
  readonly by: 'game' | 'page';
}

/** The end moved away though play went on: a guardian's bonus, a correction, a loosened rule. */
export interface ExtendedEvent extends SessionEvent<'extended'>, Remaining {
  /** ms more than was left a moment before; null: no end is in sight any more. */
  readonly addedMs: number | null;
}

/** The used figures started anew: a new local day of the policy. */
export interface DayResetEvent extends SessionEvent<'dayReset'> {
  readonly used: UsedToday;
}

/** The gateway is away; play may go on, at most until `playUntilAt` (RFC 3339; null: nothing ends it). */
export interface OfflineEvent extends SessionEvent<'offline'> {
  readonly error: PlaygateError;
  readonly playUntilAt: string | null;
}
export type OnlineEvent = SessionEvent<'online'>;

/** Something is broken that the game may want to log. After `exit` comes `ended`. */
export interface ErrorEvent extends SessionEvent<'error', 'continue' | 'exit'> {
  readonly error: PlaygateError;
}

/** About once a second of play, for a countdown. */
export interface TickEvent extends SessionEvent<'tick'>, Remaining {}

export interface SessionEvents {
  readonly warning: WarningEvent;
  readonly notice: NoticeEvent;
  readonly limitReached: LimitReachedEvent;
  readonly ended: EndedEvent;
  readonly paused: PausedEvent;
  readonly resumed: ResumedEvent;
  readonly extended: ExtendedEvent;
  readonly dayReset: DayResetEvent;
  readonly offline: OfflineEvent;
  readonly online: OnlineEvent;
  readonly error: ErrorEvent;
  readonly tick: TickEvent;
}
export type SessionEventType = keyof SessionEvents;
export type AnySessionEvent = SessionEvents[SessionEventType];
export type Listener<Type extends SessionEventType> = (event: SessionEvents[Type]) => void;
