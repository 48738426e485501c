// A room that players walk about in. A player comes in with an age token from the game's login, and goes when play is over.
import { type Client, Room, ServerError } from '@colyseus/core';
import { ArenaState, Player } from './arena-state.ts';
import { PLAY_ENDED, type PlayTime } from './play-time.ts';

const PLAY_REFUSED = 403;

interface Step {
  readonly x: number;
  readonly y: number;
}

export class ArenaRoom extends Room {
  override state = new ArenaState();
  #playTime!: PlayTime;

  override onCreate({ playTime }: { readonly playTime: PlayTime }): void {
    this.#playTime = playTime;
    this.onMessage('step', (client: Client, { x, y }: Step) => {
      const player = this.state.players.get(client.sessionId);
      if (player === undefined || !Number.isFinite(x) || !Number.isFinite(y)) return;
      player.x += Math.sign(x);
      player.y += Math.sign(y);
    });
  }

  override async onJoin(client: Client, { ageToken }: { readonly ageToken: string }): Promise<void> {
    const refusal = await this.#playTime.start(client.sessionId, ageToken, {
      warn: (remainingMs) => client.send('warning', { remainingMs }),
      end: (reason) => client.leave(PLAY_ENDED, reason),
    });
    if (refusal !== null) throw new ServerError(PLAY_REFUSED, refusal);
    const player = new Player();
    player.x = 0;
    player.y = 0;
    this.state.players.set(client.sessionId, player);
  }

  override async onLeave(client: Client): Promise<void> {
    this.state.players.delete(client.sessionId);
    await this.#playTime.stop(client.sessionId);
  }
}
