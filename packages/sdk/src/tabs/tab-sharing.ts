// How the core meets the code for several tabs and for reloads, which is loaded only where the host has what it needs.
import type { Platform } from '../platform/platform.ts';
import type { AnySessionEvent } from '../session/events.ts';
import type { HeartbeatLoop } from '../session/heartbeat-loop.ts';
import type { SessionDriver } from '../session/play-session.ts';
import type { SessionState } from '../session/state.ts';
import type { Start } from '../start-session.ts';
import type { SessionAddress } from '../transport/gateway-client.ts';

export interface Running {
  readonly address: SessionAddress;
  readonly state: SessionState;
}

export type CreateLoop = (
  state: SessionState,
  watchPage: Platform['watchPage'],
  told: {
    emit(event: AnySessionEvent): void;
    /** After each input. */
    settled?(): void;
  },
) => HeartbeatLoop;

export interface DriveParts extends Running {
  emit(event: AnySessionEvent): void;
  readonly createLoop: CreateLoop;
}

export interface JoinedTabs {
  /** The session of the tab that leads; null: this tab leads or is alone, and may open one. */
  readonly following: Running | null;
  /** A page that is left can come back to its session. */
  readonly keepsWhenLeft: boolean;
  /** What this page had played before a reload, in ms. */
  readonly playedMs: number;
  /** The session that a reload left behind; null: none, or it is over. @throws PlaygateError when nobody can tell */
  resume(): Promise<Running | null>;
  /**
   * A session of an adult whom the gateway let play here before and which cannot answer now.
   * @throws `error`, why there was no answer, for everybody else and where the gateway refused
   */
  startAway(error: unknown): Running;
  drive(parts: DriveParts): SessionDriver;
  /** There is no session to share. */
  leave(): void;
}

/** Nothing, or a failure: each page is a session of its own. */
export type LoadTabs = () => Promise<TabSharing | undefined>;

export interface TabSharing {
  join(start: Start): Promise<JoinedTabs>;
}
