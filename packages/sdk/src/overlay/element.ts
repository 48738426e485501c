// <playgate-overlay>: all a player needs to see of the limits, over any game. It listens to a session and decides nothing.
import type { Rating } from '../answers.ts';
import type { Locale } from '../options.ts';
import type { Denial } from '../play-guard.ts';
import type { EndedEvent, SessionEvents, SessionEventType } from '../session/events.ts';
import type { PlaySession } from '../session/play-session.ts';
import { make, setText } from './dom.ts';
import { EndScreen, type EndWords } from './end-screen.ts';
import { revealsPersonalInformation } from './personal-information.ts';
import { STYLES } from './styles.ts';
import { fillText, type OverlayTexts, SHIPPED_TEXTS } from './texts.ts';
import { countdownWords, durationWords, nextWords } from './time-words.ts';
import { type ToastStyle, Toasts } from './toasts.ts';

/** From here on the countdown is seen; before that it would only make a child look at the clock. */
const COUNTDOWN_FROM_MS = 900_000;
/** From here on it changes colour, and a warning says how to stop instead of that one will. */
const NEAR_MS = 300_000;
/** Reasons that no adult is refused for. */
const ONLY_OF_MINORS = /budget|window|rating|guardian|little/;

export interface OverlayOptions {
  /** Default `vi`. */
  readonly locale?: Locale;
  /** IANA name in which times of day are told; default: the device's. */
  readonly timeZone?: string;
  /** `auto`: from 15 minutes before the end. Default `auto`. */
  readonly countdown?: 'auto' | 'always' | 'never';
  /** Words that replace shipped ones, as `loadOverlayTexts` gives them. */
  readonly texts?: Partial<OverlayTexts>;
}

/** Importable where there is no DOM: it can only be made where there is one. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? class {};

export class PlaygateOverlay extends Base {
  readonly #layer = make('div', { part: 'layer', attributes: { popover: 'manual' } });
  readonly #badge = make('span', { part: 'badge', attributes: { role: 'img' } });
  readonly #countdown = make('span', { part: 'countdown', attributes: { role: 'timer' } });
  readonly #toasts = new Toasts();
  readonly #end = new EndScreen(() => this.dispatchEvent(new CustomEvent('playgate-exit')));
  #options: OverlayOptions = {};
  #session: PlaySession | null = null;
  #unfollow: (() => void)[] = [];

  constructor() {
    super();
    const bar = make('div', { part: 'bar' }, this.#badge, this.#countdown);
    this.#badge.hidden = this.#countdown.hidden = true;
    this.#layer.append(bar, this.#toasts.element);
    const root = this.attachShadow({ mode: 'open' });
    root.append(make('style', { text: STYLES }), this.#layer, this.#end.element);
  }

  connectedCallback(): void {
    document.addEventListener('fullscreenchange', this.#rise);
    this.#rise();
  }

  disconnectedCallback(): void {
    document.removeEventListener('fullscreenchange', this.#rise);
    this.#toasts.clear();
  }

  /** May be called again: for a new language, which drops `texts` of the old one, or newer texts. */
  configure(options: OverlayOptions): void {
    const isOther = (options.locale ?? this.#locale) !== this.#locale;
    this.#options = { ...this.#options, ...(isOther && { texts: {} }), ...options };
    this.lang = this.#locale;
    this.#draw();
  }

  /** Shows what this session says from now on, instead of any before. */
  follow(session: PlaySession): void {
    for (const stop of this.#unfollow) stop();
    this.#session = session;
    this.#toasts.clear();
    this.#end.hide();
    const on = <Type extends SessionEventType>(type: Type, show: (event: SessionEvents[Type]) => void) =>
      session.on(type, show);
    this.#unfollow = [
      ...(['tick', 'paused', 'resumed'] as const).map((type) => on(type, () => this.#draw())),
      on('online', () => this.#toasts.hide('offline')),
      on('offline', () => this.#toast('offline', this.#texts.offline)),
      on('extended', ({ addedMs }) => this.#extend(addedMs)),
      on('warning', ({ stepMs }) => this.#warn(stepMs)),
      on('notice', ({ texts }) => this.#notice(texts)),
      on('limitReached', () => this.#save()),
      on('ended', (event) => this.#showEnd(event)),
    ];
    this.#draw();
  }

  /** A refused start, in the same words and the same place as an end. Null: the gateway could not be asked. */
  showDenial(denial: Denial | null): void {
    const texts = this.#texts;
    if (denial?.rating) this.#showRating(denial.rating);
    this.#stop({
      title: texts.deniedTitle,
      text: denial?.message[this.#locale] ?? texts.ledger_unavailable,
      next: denial?.nextAllowedAt ? nextWords(denial.nextAllowedAt, denial.serverAt, this.#place, texts) : null,
      guardian: null,
      isChild: ONLY_OF_MINORS.test(denial?.reason ?? ''),
    });
  }

  /**
   * Warns a child at this field against giving itself away: once when it is entered, again when what is typed looks like
   * a phone number, an email address or an id. Nothing typed leaves the page. Returns how to stop.
   */
  warnPersonalInformation(field: HTMLInputElement | HTMLTextAreaElement): () => void {
    let warned: 'not' | 'before' | 'about_it' = 'not';
    const look = () => {
      if (this.#session?.getRemaining().unlimited === true) return;
      const isRevealing = revealsPersonalInformation(field.value);
      if (isRevealing ? warned === 'about_it' : warned !== 'not') return;
      warned = isRevealing ? 'about_it' : 'before';
      this.#toast('privacy', this.#texts[isRevealing ? 'privacyFound' : 'privacy'], { isWarm: true });
    };
    field.addEventListener('focus', look);
    field.addEventListener('input', look);
    return () => {
      field.removeEventListener('focus', look);
      field.removeEventListener('input', look);
    };
  }

  get #locale(): Locale {
    return this.#options.locale ?? 'vi';
  }

  get #texts(): OverlayTexts {
    return { ...SHIPPED_TEXTS[this.#locale], ...this.#options.texts };
  }

  get #place() {
    return { locale: this.#locale, timeZone: this.#options.timeZone };
  }

  #fill(key: 'extended' | 'guardian' | 'warning' | 'warningLast', ms: number): string {
    return fillText(this.#texts[key], { time: durationWords(ms, this.#texts) });
  }

  /** Into the browser's top layer, above whatever went full-screen last. */
  readonly #rise = (): void => {
    if (typeof this.#layer.showPopover !== 'function') return;
    if (this.#layer.matches(':popover-open')) this.#layer.hidePopover();
    this.#layer.showPopover();
  };

  /** Once a second at most, and only what changed. */
  #draw(): void {
    if (this.#session === null) return;
    this.#showRating(this.#session.rating);
    const { phase, remainingMs } = this.#session.getRemaining();
    const { countdown = 'auto' } = this.#options;
    const isOpen = phase !== 'closed' && phase !== 'closing' && remainingMs !== null;
    const isSeen = countdown === 'always' || (countdown === 'auto' && (remainingMs ?? 0) <= COUNTDOWN_FROM_MS);
    this.#countdown.hidden = !(isOpen && isSeen);
    if (!isOpen) return;
    const time = countdownWords(remainingMs, this.#texts);
    setText(
      this.#countdown,
      phase === 'paused' ? `${this.#texts.paused} · ${time}` : fillText(this.#texts.left, { time }),
    );
    this.#countdown.toggleAttribute('data-near', remainingMs <= NEAR_MS);
  }

  #showRating(rating: Rating): void {
    this.#badge.hidden = false;
    setText(this.#badge, rating);
    const label = fillText(this.#texts.rating, { rating });
    if (this.#badge.getAttribute('aria-label') !== label) this.#badge.setAttribute('aria-label', label);
  }

  #toast(part: string, text: string, how: ToastStyle = {}): void {
    this.#toasts.show({ part, text, close: this.#texts.close, ...how });
  }

  #extend(addedMs: number | null): void {
    this.#toasts.hide('save');
    if (addedMs !== null) this.#toast('extended', this.#fill('extended', addedMs));
  }

  #warn(stepMs: number): void {
    const isNear = stepMs <= NEAR_MS;
    this.#draw();
    this.#toast('warning', this.#fill(isNear ? 'warningLast' : 'warning', stepMs), { isWarm: isNear });
  }

  #notice(texts: { readonly vi: string; readonly en: string }): void {
    const translation = this.#locale === 'vi' ? null : texts[this.#locale];
    this.#toasts.showNotice({ title: this.#texts.noticeTitle, sentence: texts.vi, translation });
  }

  #save(): void {
    this.#toasts.hide('warning');
    this.#toast('save', this.#texts.save, { isWarm: true, isUrgent: true });
    this.#draw();
  }

  #showEnd(event: EndedEvent): void {
    this.#draw();
    this.#toasts.clear();
    if (event.by === 'game' || event.by === 'page' || this.#session === null) return;
    const { unlimited, used } = this.#session.getRemaining();
    const isSpent = event.reason === 'daily_budget_spent';
    const texts = this.#texts;
    const words = {
      title: isSpent ? texts.endTitle : texts.stopTitle,
      text: event.text ?? ownWords(event.reason, texts),
      next: this.#nextText(event),
      guardian: isSpent ? this.#fill('guardian', used.gameMs) : null,
      isChild: !unlimited,
    };
    this.#stop(words);
  }

  /** The rating stays in sight, above the veil. */
  #stop(words: EndWords): void {
    this.#countdown.hidden = true;
    this.#end.show(words, this.#texts);
    this.#rise();
  }

  /** Every daily limit is one of a calendar day, so a spent one is there again tomorrow. */
  #nextText({ endedAt, nextAllowedAt, reason }: EndedEvent): string | null {
    if (nextAllowedAt !== null) return nextWords(nextAllowedAt, endedAt, this.#place, this.#texts);
    return reason === 'daily_budget_spent' ? this.#texts.nextTomorrow : null;
  }
}

function ownWords(reason: string, texts: OverlayTexts): string {
  const known: Readonly<Record<string, string>> = texts;
  return known[reason] ?? texts.ended;
}
