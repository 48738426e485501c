// The way in: one guard per game, at most one session at a time.
import type { OpenSessionRequest, SessionDenied, SessionOpened } from '@playgate/contract/wire';
import type { RefusedStart } from './answers.ts';
import { isRetryable, PlaygateError, retryAfterMsOf } from './errors.ts';
import { type PlayGuardOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { monotonicNow } from './session/heartbeat-loop.ts';
import { type PlaySession, startPlaySession } from './session/play-session.ts';
import { forecastFrom } from './session/predictor.ts';
import { retryDelayMs } from './transport/backoff.ts';
import { GatewayClient } from './transport/gateway-client.ts';

/** A start is tried so often, with one idempotency key, before the game is told that the gateway is away. */
export const START_ATTEMPTS_MAX = 3;
const KEY_BYTES = 16;

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
  const resolved = resolveOptions(options);
  const client = new GatewayClient(resolved.platform, resolved.gatewayUrl, resolved.requestTimeoutMs);
  let current: Promise<StartResult> | null = null;
  return {
    startSession(start) {
      if (current !== null) return current;
      const forget = () => {
        if (current === starting) current = null;
      };
      const starting = startSession(resolved, client, { start, onEnded: forget });
      current = starting;
      starting.then((result) => result.verdict === 'denied' && forget(), forget);
      return starting;
    },
  };
}

async function startSession(
  options: ResolvedOptions,
  client: GatewayClient,
  { start, onEnded }: { readonly start: StartOptions; readonly onEnded: () => void },
): Promise<StartResult> {
  const { platform, locale, graceToSaveMs, pauseWhenHidden, requestTimeoutMs } = options;
  const { ageToken, device, stationToken } = start;
  if (ageToken !== null && typeof ageToken !== 'string') throw new TypeError('ageToken must be a string or null');
  const sentAt = monotonicNow(platform);
  const reply = await openSession(options, client, {
    ageToken,
    gameId: options.gameId,
    ...(device === undefined ? {} : { device }),
    ...(stationToken === undefined ? {} : { stationToken }),
  });
  if (reply.verdict === 'denied') return { ...reply, text: reply.message[locale] };
  const session = startPlaySession({
    platform,
    client,
    address: { sessionId: reply.sessionId, sessionToken: reply.sessionToken },
    config: { locale, graceToSaveMs, pauseWhenHidden, confirmMs: requestTimeoutMs },
    forecast: forecastFrom(reply, 0, { sentAt, receivedAt: monotonicNow(platform) }),
  });
  session.on('ended', onEnded);
  return { verdict: 'play', session };
}

async function openSession(
  options: ResolvedOptions,
  client: GatewayClient,
  body: OpenSessionRequest,
): Promise<SessionOpened | SessionDenied> {
  const { platform, publishableKey } = options;
  const idempotencyKey = makeKey(() => platform.random());
  for (let failures = 1; ; failures += 1) {
    try {
      return await client.openSession(publishableKey, body, idempotencyKey).result;
    } catch (error) {
      if (!(error instanceof PlaygateError) || !isRetryable(error) || failures >= START_ATTEMPTS_MAX) throw error;
      const delayMs = retryDelayMs(failures, retryAfterMsOf(error), platform.random());
      await new Promise<void>((resolve) => void platform.setTimer(resolve, delayMs));
    }
  }
}

/** Tells one start from another; a secret it is not. */
function makeKey(random: () => number): string {
  const byte = () =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0');
  return Array.from({ length: KEY_BYTES }, byte).join('');
}
