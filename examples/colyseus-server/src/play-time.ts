// All that the limit takes on a game server. Heartbeats of all players go to the gateway together; what it answers comes back
// as `warn` and `end`. Players beat for nothing themselves, so a changed client changes nothing.
import type { PlaygateServer } from '@playgate/sdk/server';

/** The WebSocket code of a player who was sent off; the reason goes with it. */
export const PLAY_ENDED = 4_403;

export interface PlayerLink {
  warn(remainingMs: number | null): void;
  end(reason: string): void;
}

interface Playing {
  readonly sessionId: string;
  readonly link: PlayerLink;
  closeReason: string;
}

export class PlayTime {
  readonly #playgate: PlaygateServer;
  readonly #gameId: string;
  /** By the key the game has for a player; and by session. */
  readonly #players = new Map<string, Playing>();
  readonly #sessions = new Map<string, Playing>();

  constructor(playgate: PlaygateServer, gameId: string) {
    this.#playgate = playgate;
    this.#gameId = gameId;
    playgate.beats.on('warn', ({ sessionId, remainingMs }) => this.#sessions.get(sessionId)?.link.warn(remainingMs));
    playgate.beats.on('end', ({ closeReason, reason, sessionId }) => {
      const playing = this.#sessions.get(sessionId);
      if (playing === undefined) return;
      playing.closeReason = closeReason;
      playing.link.end(reason);
    });
    playgate.beats.on('unknown', ({ sessionId, code }) => this.#sessions.get(sessionId)?.link.end(code));
  }

  /** Null: the player may play. Else why not, in words for the player. */
  async start(player: string, ageToken: string, link: PlayerLink): Promise<string | null> {
    const opened = await this.#playgate.sessions.open({ ageToken, gameId: this.#gameId });
    if (opened.verdict === 'denied') return opened.message.vi;
    const playing: Playing = { sessionId: opened.sessionId, link, closeReason: 'quit' };
    this.#players.set(player, playing);
    this.#sessions.set(opened.sessionId, playing);
    this.#playgate.beats.add(opened.sessionId);
    return null;
  }

  async stop(player: string): Promise<void> {
    const playing = this.#players.get(player);
    if (playing === undefined) return;
    this.#players.delete(player);
    this.#sessions.delete(playing.sessionId);
    this.#playgate.beats.remove(playing.sessionId);
    await this.#playgate.sessions.close(playing.sessionId, { reason: playing.closeReason });
  }
}
