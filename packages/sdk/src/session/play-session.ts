// What the game holds while a player plays.
import type { Rating } from '../answers.ts';
import { check } from '../options.ts';
import type { Platform } from '../platform/platform.ts';
import type { SessionAddress } from '../transport/gateway-client.ts';
import { SessionEmitter } from './emitter.ts';
import type { AnySessionEvent, Listener, SessionEventType } from './events.ts';
import { monotonicNow } from './heartbeat-loop.ts';
import { type Remaining, remainingAt } from './predictor.ts';
import type { Input, Phase, SessionState } from './state.ts';

/** As the contract wants it: a lower_snake word of at most 32 characters. */
const END_REASON = /^[a-z][a-z0-9_]{0,31}$/;

/** A game that waits for its own end to be known must not hang while the gateway is away. */
export const END_AWAITED_MS_MAX = 15_000;

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
   * Ends the session; resolves once the gateway knows, or is away for 15 s while it goes on being told, and never rejects.
   * @param reason a lower_snake word of at most 32 characters, `quit` by default; else TypeError
   */
  end(reason?: string): Promise<void>;
}

/** What runs the session: this page's own loop, or its part in a session of several tabs. */
export interface SessionDriver {
  readonly state: SessionState;
  readonly closed: Promise<void>;
  dispatch(input: Input): void;
}

interface Driven {
  readonly platform: Platform;
  readonly address: SessionAddress;
  drive(emit: (event: AnySessionEvent) => void): SessionDriver;
}

export function startPlaySession({ platform, address, drive }: Driven): PlaySession {
  const emitter = new SessionEmitter();
  let endedAt: number | null = null;
  const driver = drive((event) => {
    if (event.type === 'ended') endedAt = monotonicNow(platform);
    emitter.emit(event);
  });
  return {
    sessionId: address.sessionId,
    rating: driver.state.forecast.allowance.rating,
    on: (type, listener) => emitter.on(type, listener),
    pause: () => driver.dispatch({ type: 'pause' }),
    resume: () => driver.dispatch({ type: 'resume' }),
    sync: () => driver.dispatch({ type: 'sync' }),
    getRemaining: () => {
      const { forecast, phase, link } = driver.state;
      const remaining = remainingAt(forecast, endedAt ?? monotonicNow(platform));
      return { ...remaining, phase, isOffline: link === 'offline' };
    },
    end: (reason = 'quit') => {
      check(END_REASON.test(reason), 'reason', 'lower_snake, 1 to 32 characters');
      driver.dispatch({ type: 'end', reason });
      return new Promise((resolve) => {
        const timer = platform.setTimer(resolve, END_AWAITED_MS_MAX);
        void driver.closed.then(() => {
          platform.clearTimer(timer);
          resolve();
        });
      });
    },
  };
}
