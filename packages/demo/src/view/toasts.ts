import { make } from './dom.ts';

/** Long enough to be read twice. */
const SHOWN_MS = 7_000;
const TOASTS_MAX = 3;

/** Short messages over the game; the newest below. */
export class Toasts {
  readonly #place: HTMLElement;

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  show(title: string, text: string, tone: 'plain' | 'near' = 'plain'): void {
    const toast = make('div', 'toast');
    toast.dataset.tone = tone;
    toast.append(make('strong', '', title), make('span', '', text));
    this.#place.append(toast);
    while (this.#place.childElementCount > TOASTS_MAX) this.#place.firstElementChild?.remove();
    setTimeout(() => toast.remove(), SHOWN_MS);
  }

  clear(): void {
    this.#place.replaceChildren();
  }
}
