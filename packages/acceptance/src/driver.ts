// What an integration under test offers, so that the suite can play it as a player would and see what the player sees.

export interface StartRequest {
  /** Where the integration reaches the gateway: not the gateway itself but the suite's own link, which can be cut. */
  readonly gatewayUrl: string;
  readonly publishableKey: string;
  readonly gameId: string;
  /** Null: a player who is not verified. */
  readonly ageToken: string | null;
  /** The seat of an internet café; absent: at home. */
  readonly stationToken?: string;
  /** Another name, another device: nothing may be shared between them. */
  readonly device: string;
}

/** One thing the player was shown. */
export interface Shown {
  /** `save`: that play is about to end; `denial`, `end`: why play did not start, or is over. */
  readonly kind: 'warning' | 'notice' | 'save' | 'denial' | 'end';
  /** The words, as shown. */
  readonly text: string;
  /** Of a denial or an end: the gateway's reason. */
  readonly reason?: string | null;
}

export interface PlayState {
  /** The player can play at this moment. */
  readonly playing: boolean;
  /** The age rating that is on the screen; null: none is. */
  readonly rating: string | null;
  /** Everything shown since the start, oldest first. */
  readonly shown: readonly Shown[];
}

/** One game on one device, from the attempt to start on. */
export interface Play {
  state(): Promise<PlayState>;
  /** The player leaves by the game's own exit. */
  end(): Promise<void>;
  /** A PNG; kept beside the certificate. */
  screenshot?(): Promise<Uint8Array>;
}

export interface Driver {
  /** Of the game, as it is to stand in the certificate. */
  readonly name: string;
  readonly version: string;
  /** Resolves once the game is playing or has refused. */
  start(request: StartRequest): Promise<Play>;
  /**
   * Moves the integration's own clock and timers on, as `VirtualTime` of `@playgate/sdk/testing` does. Without it the suite waits
   * in real time, which takes about three quarters of an hour.
   */
  advance?(ms: number): Promise<void>;
  stop?(): Promise<void>;
}
