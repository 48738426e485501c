// The screen at the end, and at a refusal: what happened, when play is allowed again, and who listens. A modal dialog:
// the game behind it gets no key, and focus goes back to where it was.
import { make } from './dom.ts';
import type { OverlayTexts } from './texts.ts';

/** Tổng đài Quốc gia Bảo vệ Trẻ em (Decree 56/2017/ND-CP art. 22-23). */
const HOTLINE = '111';

export interface EndWords {
  readonly title: string;
  readonly text: string;
  readonly next: string | null;
  /** For the adults at home; null: nothing to tell them. */
  readonly guardian: string | null;
  readonly isChild: boolean;
}

function aside(kind: string, title: string, text: string, ...first: readonly Node[]): HTMLElement {
  return make(
    'div',
    { class: `aside ${kind}`, part: kind },
    ...first,
    make('strong', { text: title }),
    make('span', { text }),
  );
}

export class EndScreen {
  readonly element = make('dialog', { part: 'end', attributes: { 'aria-labelledby': 'title', role: 'alertdialog' } });
  readonly #onExit: () => void;

  constructor(onExit: () => void) {
    this.#onExit = onExit;
    // Escape is the button: the game must hear of it.
    this.element.addEventListener('cancel', (event) => {
      event.preventDefault();
      this.#exit();
    });
  }

  show({ title, text, next, guardian, isChild }: EndWords, texts: OverlayTexts): void {
    const heading = make('h2', { part: 'title', text: title, attributes: { id: 'title', tabindex: '-1' } });
    const exit = make('button', { part: 'exit', text: texts.exit });
    exit.addEventListener('click', () => this.#exit());
    const hotline = make('a', { part: 'number', text: HOTLINE, attributes: { href: `tel:${HOTLINE}` } });
    const moon = make('div', { part: 'moon' });
    const card = make('div', { part: 'card' }, moon, heading, make('p', { text }));
    if (next !== null) card.append(make('p', { part: 'next', text: next }));
    if (isChild) card.append(aside('hotline', texts.hotlineTitle, texts.hotline, hotline));
    if (guardian !== null) card.append(aside('guardian', texts.guardianTitle, guardian));
    card.append(exit);
    this.element.replaceChildren(card);
    if (!this.element.open) this.element.showModal();
    heading.focus({ preventScroll: true });
  }

  hide(): void {
    this.element.close();
  }

  #exit(): void {
    this.hide();
    this.#onExit();
  }
}
