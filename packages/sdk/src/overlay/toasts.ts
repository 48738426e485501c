// Short messages over the game: the health notice, which nobody can close, and others, which anybody can.
import { make } from './dom.ts';

/** Long enough to read twice at a child's pace. */
const TOAST_SHOWN_MS = 12_000;
/** The law gives no length; a sentence of 14 words is read in a third of it. */
const NOTICE_SHOWN_MS = 20_000;

export interface Notice {
  readonly title: string;
  /** The law's words, in their own language. */
  readonly sentence: string;
  /** In the player's language where that is another one. */
  readonly translation: string | null;
}

export interface ToastStyle {
  readonly isWarm?: boolean;
  /** Interrupts a screen reader, and stays until it is closed or replaced. */
  readonly isUrgent?: boolean;
}

interface Toast extends ToastStyle {
  readonly part: string;
  readonly text: string;
  readonly close: string;
}

export class Toasts {
  readonly element: HTMLElement;
  readonly #polite = make('div', { attributes: { role: 'status' } });
  readonly #urgent = make('div', { attributes: { role: 'alert' } });
  readonly #timers = new Map<string, number>();

  constructor() {
    this.element = make('div', { class: 'toasts' }, this.#urgent, this.#polite);
  }

  showNotice({ title, sentence, translation }: Notice): void {
    const texts = [
      make('strong', { text: title }),
      make('p', { class: 'sentence', text: sentence, attributes: { lang: 'vi' } }),
      ...(translation === null ? [] : [make('p', { class: 'translation', text: translation })]),
    ];
    const notice = make('div', { class: 'toast notice', part: 'notice' }, ...texts);
    this.#put('notice', notice, this.#polite, NOTICE_SHOWN_MS);
  }

  /** One of each part at a time. */
  show({ part, text, close, isWarm = false, isUrgent = false }: Toast): void {
    const button = make('button', { class: 'x', part: 'close', text: '✕', attributes: { 'aria-label': close } });
    button.addEventListener('click', () => this.hide(part));
    const toast = make('div', { class: `toast ${isWarm ? 'warm' : ''}`, part }, make('p', { text }), button);
    if (isUrgent) this.#put(part, toast, this.#urgent);
    else this.#put(part, toast, this.#polite, TOAST_SHOWN_MS);
  }

  hide(part: string): void {
    clearTimeout(this.#timers.get(part));
    this.#timers.delete(part);
    this.element.querySelector(`[part="${part}"]`)?.remove();
  }

  clear(): void {
    for (const toast of this.element.querySelectorAll('.toast')) this.hide(toast.getAttribute('part') ?? '');
  }

  /** @param shownMs left out: for ever */
  #put(part: string, toast: HTMLElement, into: HTMLElement, shownMs?: number): void {
    this.hide(part);
    into.append(toast);
    if (shownMs !== undefined)
      this.#timers.set(
        part,
        window.setTimeout(() => this.hide(part), shownMs),
      );
  }
}
