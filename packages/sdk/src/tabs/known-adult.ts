// A verified adult may start while the gateway is away: what the gateway allowed the adult in this game before is kept, and
// holds for as long as the age token does. Nobody else is let in by it: a minor's play must be counted, and at a station
// everybody's is.
//
// The page does not verify the token's signature; whoever can change what the page holds can leave the SDK out as well.
import type { PlayAllowance } from '@playgate/contract/wire';
import { isRetryable } from '../errors.ts';
import { claimsOf } from '../player-of.ts';
import { monotonicNow } from '../session/heartbeat-loop.ts';
import { openedState } from '../session/machine.ts';
import { forecastFrom } from '../session/predictor.ts';
import type { Start } from '../start-session.ts';
import type { KeptText } from './kept-text.ts';
import type { CreateLoop, Running } from './tab-sharing.ts';

/** Of a session that no gateway knows. */
const AWAY_ID = 'fallback';

/** What a page must show an adult too. */
export type Shown = Pick<PlayAllowance, 'notices' | 'policy' | 'rating'>;

export class KnownAdult {
  readonly #text: KeptText<Shown>;

  constructor(text: KeptText<Shown>) {
    this.#text = text;
  }

  /** Follows the gateway's latest word: whom a policy limits or wants to hear of is not kept. */
  learn({ address, state }: Running): void {
    const { nextHeartbeatMs, notices, policy, rating, unlimited } = state.forecast.allowance;
    if (address.sessionId === AWAY_ID) return;
    if (unlimited && nextHeartbeatMs === null) this.#text.write({ notices, policy, rating });
    else this.#text.clear();
  }

  /** @throws `error` where the gateway is not away, or nobody knows an adult, or the age token does not say so (any more) */
  start({ asked, options: { platform } }: Start, error: unknown): Running {
    const { age_band: ageBand, exp } = claimsOf(asked.ageToken);
    const wallMs = platform.wallMs();
    const shown = isRetryable(error) && ageBand === 'adult' && Number(exp) * 1000 > wallMs && this.#text.read();
    if (!shown) throw error;
    const now = monotonicNow(platform);
    const allowance = { ...shown, ...unlimitedFrom(new Date(wallMs).toISOString()) };
    const forecast = forecastFrom(allowance, 0, { sentAt: now, receivedAt: now });
    const state = openedState(forecast, { now, random: platform.random() });
    return { address: { sessionId: AWAY_ID, sessionToken: '' }, state };
  }
}

function unlimitedFrom(serverAt: string): Omit<PlayAllowance, keyof Shown> {
  return {
    serverAt,
    unlimited: true,
    remainingMs: null,
    endsAt: null,
    bindingRule: null,
    nextAllowedAt: null,
    used: { gameMs: 0, providerMs: 0 },
    nextHeartbeatMs: null,
    leaseExpiresAt: serverAt,
    warningsMs: [],
    source: 'fallback',
  };
}

/** There is nobody to tell of the end of a session that no gateway knows. */
export function untold({ sessionId }: Running['address'], createLoop: CreateLoop): CreateLoop {
  if (sessionId !== AWAY_ID) return createLoop;
  return (state, watchPage, told) => {
    const loop = createLoop(state, watchPage, {
      ...told,
      emit: (event) => {
        if (event.type === 'ended') loop.dispatch({ type: 'closeAnswered' });
        told.emit(event);
      },
    });
    return loop;
  };
}
