// All that the limit takes. The game waits until the player may play, and stops when play is over; the overlay shows the rest:
// the rating, the time left, warnings, the health notice, the end.
import { createPlayGuard } from '@playgate/sdk/browser';
import { createOverlay } from '@playgate/sdk/overlay';
import type { Game } from 'phaser';

export async function startPlaying(game: Game, save: () => void): Promise<void> {
  game.pause();
  const overlay = createOverlay({ locale: 'vi' });
  const { ageToken, ...options } = await (await fetch('/login')).json();
  const start = await createPlayGuard(options).startSession({ ageToken });
  if (start.verdict === 'denied') return overlay.showDenial(start);
  overlay.follow(start.session);
  start.session.on('limitReached', save);
  start.session.on('ended', () => game.pause());
  game.resume();
}
