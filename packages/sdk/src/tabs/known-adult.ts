// A verified adult may start while the gateway is away: what the gateway allowed the adult in this game before is kept, and
// holds for as long as the age token does. Nobody else is let in by it: a minor's play must be counted, and at a station
// everybody's is.
//
// A start takes what is kept, and only play puts it back: whoever the gateway refuses is known no more.
//
// The page does not verify the token's signature; whoever can change what the page holds can leave the SDK out as well.
import type { PlayAllowance } from '@playgate/contract/wire';
import { isRetryable } from '../errors.ts';
import { claimsOf } from '../player-of.ts';
import { monotonicNow } from '../session/heartbeat-loop.ts';
import { openedState } from '../session/machine.ts';
import { forecastFrom } from '../session/predictor.ts';
import type { Start } from '../start-session.ts';
import type { GatewayClient } from '../transport/gateway-client.ts';
import type { KeptText } from './kept-text.ts';
import type { Running } from './tab-sharing.ts';

/** Begins the id of a session that no gateway knows. */
const AWAY = 'fallback_';

/** What a page must show an adult too. */
export type Shown = Pick<PlayAllowance, 'notices' | 'policy' | 'rating'>;

export class KnownAdult {
  readonly #text: KeptText<Shown>;
  readonly #shown: Shown | null;

  constructor(text: KeptText<Shown>) {
    this.#text = text;
    this.#shown = text.read();
    text.clear();
  }

  /** @param running whom a policy limits or wants to hear of is not kept */
  learn({ state }: Running): void {
    const { nextHeartbeatMs, notices, policy, rating, unlimited } = state.forecast.allowance;
    if (unlimited && nextHeartbeatMs === null) this.#text.write({ notices, policy, rating });
  }

  /**
   * @param left what a reload left behind: it goes on, so that it will be closed and no notice is put off
   * @throws `error` where the gateway refused, or nobody knows an adult, or the age token does not say so (any more)
   */
  start({ asked, options: { platform } }: Start, left: Running | null, error: unknown): Running {
    const { age_band: ageBand, exp } = claimsOf(asked.ageToken);
    const wallMs = platform.wallMs();
    const isAdult = ageBand === 'adult' && Number(exp) * 1000 > wallMs;
    if (!isRetryable(error) || !isAdult || this.#shown === null) throw error;
    const [now, random] = [monotonicNow(platform), platform.random()];
    const allowance = { ...this.#shown, ...unlimitedFrom(new Date(wallMs).toISOString()) };
    const opened = openedState(forecastFrom(allowance, 0, { sentAt: now, receivedAt: now }), { now, random });
    const state = { ...opened, link: 'offline', playedMs: left?.state.playedMs ?? 0 } as const;
    return { address: left?.address ?? { sessionId: AWAY + random, sessionToken: '' }, state };
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

export const isUnknown = ({ address }: Pick<Running, 'address'>): boolean => address.sessionId.startsWith(AWAY);

/** Of the end of a session that no gateway knows. */
export function tellNobody(client: GatewayClient): void {
  client.close = () => ({ result: Promise.resolve({}), cancel: () => {} });
}
