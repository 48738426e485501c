// What the game holds while a player plays.
import type { Rating } from '../answers.ts';
import { SessionEmitter } from './emitter.ts';
import type { Listener, SessionEventType } from './events.ts';
import { HeartbeatLoop, type LoopParts, monotonicNow } from './heartbeat-loop.ts';
import { type Remaining, remainingAt } from './predictor.ts';
import type { Phase } from './state.ts';

/** As the contract wants it: a lower_snake word of at most 32 characters. */
const END_REASON = /^[a-z][a-z0-9_]{0,31}$/;

export interface RemainingNow extends Remaining {
  readonly phase: Phase;
  readonly isOffline: boolean;
}

/** None of its methods throws later than at the call; what goes wrong afterwards arrives as an event. */
export interface PlaySession {
  readonly sessionId: string;
  /** To be shown while the game runs. */
  readonly rating: Rating;
  /** Calls back on each event of the type until the returned function is called. Subscribe right after the start. */
  on<Type extends SessionEventType>(type: Type, listener: Listener<Type>): () => void;
  /** Play stops for now, for example in a menu that halts the game: time no longer counts once the gateway knows. */
  pause(): void;
  /** Takes back the game's own pause; a hidden page still holds play up. */
  resume(): void;
  /** Live, on a monotonic clock. Figures stand still once the session has ended. */
  getRemaining(): RemainingNow;
  /** Asks the gateway now instead of at the next heartbeat; the answer arrives as events. */
  sync(): void;
  /**
   * Ends the session; resolves once the gateway knows or attempts are used up, and never rejects.
   * @param reason a lower_snake word of at most 32 characters, `quit` by default; else TypeError
   */
  end(reason?: string): Promise<void>;
}

export function startPlaySession(parts: Omit<LoopParts, 'emit'>): PlaySession & { readonly closed: Promise<void> } {
  const emitter = new SessionEmitter();
  let endedAt: number | null = null;
  const loop = new HeartbeatLoop({
    ...parts,
    emit: (event) => {
      if (event.type === 'ended') endedAt = monotonicNow(parts.platform);
      emitter.emit(event);
    },
  });
  return {
    sessionId: parts.address.sessionId,
    rating: parts.forecast.allowance.rating,
    closed: loop.closed,
    on: (type, listener) => emitter.on(type, listener),
    pause: () => loop.dispatch({ type: 'pause' }),
    resume: () => loop.dispatch({ type: 'resume' }),
    sync: () => loop.dispatch({ type: 'sync' }),
    getRemaining: () => {
      const { forecast, phase, link } = loop.state;
      const remaining = remainingAt(forecast, endedAt ?? monotonicNow(parts.platform));
      return { ...remaining, phase, isOffline: link === 'offline' };
    },
    end: (reason = 'quit') => {
      if (!END_REASON.test(reason)) throw new TypeError('reason must be a lower_snake word of at most 32 characters');
      loop.dispatch({ type: 'end', reason });
      return loop.closed;
    },
  };
}
