// One tab's play through the SDK: start, what it is told, and how it ended. It draws nothing.
import type { HeartbeatReply, LocalizedText, SessionOpened } from '@playgate/contract/wire';
import {
  type AnySessionEvent,
  createPlayGuard,
  type Denial,
  type EndedEvent,
  type Platform,
  PlaygateError,
  type PlaySession,
  type SessionEventType,
  type StartResult,
} from '@playgate/sdk/browser';
import { DemoApiError, fetchAgeToken } from '../demo-api.ts';
import type { PlayClock } from '../time/play-clock.ts';
import { type Exchanged, WireTap } from './wire-tap.ts';

export interface Seat {
  readonly playerRef: string;
  readonly gameId: string;
}

export type Stage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'playing' }
  | { readonly kind: 'denied'; readonly denial: Denial }
  /** `denial`: what a new start would be told, where play was ended by a rule. */
  | { readonly kind: 'ended'; readonly ended: EndedEvent; readonly denial: Denial | null }
  | { readonly kind: 'failed'; readonly code: string };

export interface PlayParts {
  readonly clock: PlayClock;
  readonly publishableKey: string;
  readonly beforeRequest: () => Promise<void>;
  readonly onStage: (stage: Stage) => void;
  readonly onEvent: (event: AnySessionEvent) => void;
  readonly onExchanged: (exchanged: Exchanged) => void;
}

const EVENTS: readonly SessionEventType[] = [
  'warning',
  'notice',
  'limitReached',
  'ended',
  'paused',
  'resumed',
  'extended',
  'dayReset',
  'offline',
  'online',
  'error',
  'tick',
];

export class Play {
  readonly #parts: PlayParts;
  readonly #tap: WireTap;
  readonly #ageTokens = new Map<string, { readonly token: string | null; readonly expiresAt: number }>();
  #stage: Stage = { kind: 'ready' };
  #seat: Seat | null = null;
  #session: PlaySession | null = null;
  #allowance: SessionOpened | HeartbeatReply | null = null;
  #nextBeatAt: number | null = null;

  constructor(parts: PlayParts) {
    this.#parts = parts;
    this.#tap = new WireTap({ beforeRequest: parts.beforeRequest, onExchanged: (exchanged) => this.#hear(exchanged) });
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Where this tab plays or played last. */
  get seat(): Seat | null {
    return this.#seat;
  }

  get session(): PlaySession | null {
    return this.#session;
  }

  /** The gateway's last words on what is allowed. */
  get allowance(): SessionOpened | HeartbeatReply | null {
    return this.#allowance;
  }

  /** Sandbox time by which the gateway wants to hear of the session; null: it does not. */
  get nextBeatAt(): number | null {
    return this.#nextBeatAt;
  }

  /** The gateway's words at the end, in every language; null: it gave none. */
  get endMessage(): LocalizedText | null {
    return this.#allowance !== null && 'message' in this.#allowance ? this.#allowance.message : null;
  }

  async start(seat: Seat): Promise<void> {
    if (this.#stage.kind === 'starting' || this.#stage.kind === 'playing') return;
    this.#seat = seat;
    this.#session = null;
    this.#allowance = null;
    this.#nextBeatAt = null;
    this.#show({ kind: 'starting' });
    try {
      const result = await this.#ask(seat);
      if (result.verdict === 'denied') this.#show({ kind: 'denied', denial: result });
      else this.#play(result.session);
    } catch (error) {
      const isKnown = error instanceof DemoApiError || error instanceof PlaygateError;
      if (!isKnown) throw error;
      this.#show({ kind: 'failed', code: error.code });
    }
  }

  /** Resolves when the gateway knows; nothing happens when nothing is played. */
  async end(): Promise<void> {
    if (this.#stage.kind !== 'playing') return;
    await this.#session?.end();
  }

  /** Forgets how the last session ended. */
  reset(): void {
    if (this.#stage.kind !== 'playing' && this.#stage.kind !== 'starting') this.#show({ kind: 'ready' });
  }

  /** Asks the gateway; resolves when the SDK has taken the answer. */
  async sync(): Promise<void> {
    this.#session?.sync();
    await this.#tap.idle();
  }

  async #ask({ gameId, playerRef }: Seat): Promise<StartResult> {
    const { clock, publishableKey } = this.#parts;
    const platform: Partial<Platform> = {
      fetch: this.#tap.fetch,
      monotonicMs: () => clock.monotonicMs(),
      wallMs: () => clock.monotonicMs(),
      setTimer: (callback, delayMs) => clock.setTimer(callback, delayMs),
      clearTimer: (timer) => clock.clearTimer(timer),
    };
    const guard = createPlayGuard({
      gatewayUrl: window.location.origin,
      publishableKey,
      gameId,
      platform,
      // Two tabs of the demo are to play at once, and only one of them can be looked at.
      pauseWhenHidden: false,
      // Each tab stands for a device of its own, and every start is one to look at.
      shareTabs: false,
      resumeAfterReload: false,
    });
    const ageToken = await this.#ageTokenOf(playerRef);
    return guard.startSession({ ageToken, device: { platform: 'web' } });
  }

  async #ageTokenOf(playerRef: string): Promise<string | null> {
    const now = this.#parts.clock.now();
    const known = this.#ageTokens.get(playerRef);
    if (known !== undefined && known.expiresAt > now) return known.token;
    const { ageToken, ageTokenExpiresAt } = await fetchAgeToken(playerRef);
    const expiresAt = ageTokenExpiresAt === null ? now : Date.parse(ageTokenExpiresAt);
    this.#ageTokens.set(playerRef, { token: ageToken, expiresAt });
    return ageToken;
  }

  #play(session: PlaySession): void {
    this.#session = session;
    for (const type of EVENTS) session.on(type, (event) => this.#take(event));
    this.#show({ kind: 'playing' });
  }

  #take(event: AnySessionEvent): void {
    if (event.type === 'ended') {
      this.#nextBeatAt = null;
      this.#show({ kind: 'ended', ended: event, denial: null });
      if (event.by === 'limit') void this.#askAgain(event);
    }
    this.#parts.onEvent(event);
  }

  /** An end that was foretold says nothing of when play may go on; a new start is told. */
  async #askAgain(ended: EndedEvent): Promise<void> {
    const seat = this.#seat;
    await this.#tap.idle();
    if (seat === null) return;
    const result = await this.#ask(seat).catch(() => null);
    if (result?.verdict === 'play') await result.session.end();
    else if (result !== null && this.#stage.kind === 'ended' && this.#stage.ended === ended) {
      this.#show({ kind: 'ended', ended, denial: result });
    }
  }

  #hear(exchanged: Exchanged): void {
    const { allowance } = exchanged;
    if (allowance !== null) {
      const { nextHeartbeatMs } = allowance;
      this.#allowance = allowance;
      this.#nextBeatAt = nextHeartbeatMs === null ? null : this.#parts.clock.now() + nextHeartbeatMs;
    }
    this.#parts.onExchanged(exchanged);
  }

  #show(stage: Stage): void {
    this.#stage = stage;
    this.#parts.onStage(stage);
  }
}
