// The cards: who plays and what is played.
import type { DemoGame, DemoPlayer, DemoState } from '../demo-api.ts';
import { texts } from '../language.ts';
import type { Seat } from '../play/play.ts';
import { byId, make, setText } from './dom.ts';

export class Chooser {
  readonly #state: DemoState;
  readonly #onChoice: (seat: Seat) => void;
  readonly #players = byId('players', HTMLElement);
  readonly #games = byId('games', HTMLElement);
  #seat: Seat;

  constructor(state: DemoState, seat: Seat, onChoice: (seat: Seat) => void) {
    this.#state = state;
    this.#seat = seat;
    this.#onChoice = onChoice;
  }

  get seat(): Seat {
    return this.#seat;
  }

  render(isLocked: boolean): void {
    const { games, players } = this.#state;
    this.#players.replaceChildren(...players.map((player) => this.#playerCard(player)));
    this.#games.replaceChildren(...games.map((game) => this.#gameCard(game)));
    this.lock(isLocked);
    this.showRating();
  }

  /** On the game itself, where the law wants it in sight. */
  showRating(): void {
    const rating = this.#state.games.find(({ gameId }) => gameId === this.#seat.gameId)?.rating ?? '';
    const badge = byId('rating', HTMLElement);
    setText(badge, rating);
    badge.dataset.rating = rating;
    badge.setAttribute('role', 'img');
    badge.setAttribute('aria-label', texts().ratingOf(rating));
  }

  /** Nobody changes seats while playing. */
  lock(isLocked: boolean): void {
    for (const input of document.querySelectorAll<HTMLInputElement>('.choice input')) input.disabled = isLocked;
  }

  #playerCard({ age, note, playerRef }: DemoPlayer): HTMLElement {
    const { name, note: own } = texts().players[playerRef] ?? { name: playerRef, note };
    const face = make('span', 'face', String(age));
    face.setAttribute('aria-hidden', 'true');
    const words = make('span', 'words');
    words.append(make('strong', '', `${name}, ${texts().age(age)}`), make('small', '', own));
    return this.#choice('player', playerRef, [face, words]);
  }

  #gameCard({ gameId, rating, title }: DemoGame): HTMLElement {
    const badge = make('span', 'badge', rating);
    badge.dataset.rating = rating;
    badge.setAttribute('aria-label', texts().ratingOf(rating));
    return this.#choice('game', gameId, [make('strong', 'words', title), badge]);
  }

  #choice(kind: 'player' | 'game', value: string, content: readonly HTMLElement[]): HTMLElement {
    const label = make('label', 'choice');
    const input = document.createElement('input');
    input.type = 'radio';
    input.name = kind;
    input.value = value;
    input.checked = value === (kind === 'player' ? this.#seat.playerRef : this.#seat.gameId);
    input.addEventListener('change', () => {
      this.#seat = kind === 'player' ? { ...this.#seat, playerRef: value } : { ...this.#seat, gameId: value };
      this.#onChoice(this.#seat);
    });
    label.append(input, ...content);
    return label;
  }
}
