// What a session told a game, kept and told again: a player's bad evening as a test of the game's screens.
import type { Rating } from '../answers.ts';
import { SessionEmitter } from '../session/emitter.ts';
import type { AnySessionEvent, SessionEventType } from '../session/events.ts';
import type { PlaySession, RemainingNow } from '../session/play-session.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface RecordedEvent {
  /** Since the recording began. */
  readonly atMs: number;
  readonly event: AnySessionEvent;
}

/** Plain data: it may be written as JSON, but for the stack of errors. */
export interface Recording {
  readonly sessionId: string;
  readonly rating: Rating;
  readonly remaining: RemainingNow;
  readonly events: readonly RecordedEvent[];
}

/** Every type, so that a new one cannot be forgotten. */
const EVENT_TYPES: Readonly<Record<SessionEventType, true>> = {
  warning: true,
  notice: true,
  limitReached: true,
  ended: true,
  paused: true,
  resumed: true,
  extended: true,
  dayReset: true,
  offline: true,
  online: true,
  error: true,
  tick: true,
};

/** Every event from now on, oldest first, but for `tick`; the list grows. */
export function collectEvents(session: PlaySession): readonly AnySessionEvent[] {
  const events: AnySessionEvent[] = [];
  for (const type of Object.keys(EVENT_TYPES) as SessionEventType[]) {
    if (type !== 'tick') session.on(type, (event) => void events.push(event));
  }
  return events;
}

/** @param now milliseconds of any clock, by default the device's; the list of events grows as the session goes on */
export function recordSession(session: PlaySession, now: () => number = () => Date.now()): Recording {
  const beganAt = now();
  const events: RecordedEvent[] = [];
  for (const type of Object.keys(EVENT_TYPES) as SessionEventType[]) {
    session.on(type, (event) => void events.push({ atMs: now() - beganAt, event }));
  }
  return { sessionId: session.sessionId, rating: session.rating, remaining: session.getRemaining(), events };
}

/** A session that tells what was recorded, each event at its own time; what the game calls changes nothing. */
export function replaySession(recording: Recording, time: VirtualTime): PlaySession {
  const emitter = new SessionEmitter();
  let remaining = recording.remaining;
  for (const { atMs, event } of recording.events) {
    time.setTimer(() => {
      remaining = remainingAfter(remaining, event);
      emitter.emit(event);
    }, atMs);
  }
  return {
    sessionId: recording.sessionId,
    rating: recording.rating,
    on: (type, listener) => emitter.on(type, listener),
    pause: () => {},
    resume: () => {},
    sync: () => {},
    getRemaining: () => remaining,
    end: async () => {},
  };
}

function remainingAfter(before: RemainingNow, event: AnySessionEvent): RemainingNow {
  if (event.type === 'ended') return { ...before, phase: 'closed', remainingMs: 0 };
  if (event.type === 'paused') return { ...before, phase: 'paused' };
  if (event.type === 'resumed') return { ...before, phase: 'playing' };
  if (event.type === 'offline' || event.type === 'online') return { ...before, isOffline: event.type === 'offline' };
  if (!('remainingMs' in event)) return before;
  const { unlimited, remainingMs, endsAt, bindingRule, used, source } = event;
  const phase = event.type === 'limitReached' ? 'saving' : before.phase;
  return { ...before, unlimited, remainingMs, endsAt, bindingRule, used, source, phase };
}
