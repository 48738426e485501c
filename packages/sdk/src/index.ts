// The core for any host; the browser and Node entries add their own platform to it.
export type {
  BindingRule,
  DecisionSource,
  EndReason,
  LocalizedText,
  Rating,
  RefusalReason,
  RefusedStart,
  UsedToday,
} from './answers.ts';
export {
  ConnectionError,
  type ConnectionErrorCode,
  GatewayError,
  ListenerError,
  PlaygateError,
  type PlaygateErrorCode,
  type ProblemDetails,
} from './errors.ts';
export type { Locale, PlayGuardOptions } from './options.ts';
export type {
  AbortSignalLike,
  HostSignal,
  PageState,
  Platform,
  PlatformRequest,
  PlatformResponse,
  StreamRequest,
} from './platform/platform.ts';
export { createPlayGuard, type Denial, type PlayGuard, type StartOptions, type StartResult } from './play-guard.ts';
export type * from './session/events.ts';
export type { PlaySession, RemainingNow } from './session/play-session.ts';
export type { Remaining } from './session/predictor.ts';
export type { Phase } from './session/state.ts';
