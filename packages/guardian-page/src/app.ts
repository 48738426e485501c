// The page of a guardian: one child, its day and its rules. It keeps nothing but the token of the link.
import type { GuardianRulesReply, GuardianRulesRequest, PlaytimeReply } from '@playgate/contract/wire';
import { showDay } from './day-view.ts';
import { byId, setHidden, setText } from './dom.ts';
import { GuardianApi, GuardianApiError } from './guardian-api.ts';
import { showHistory } from './history-view.ts';
import { chooseLocale, currentLocale, fillTexts, texts } from './language.ts';
import { takeLinkToken } from './link-token.ts';
import { LOCALES } from './messages.ts';
import { listenForPause, showPause, standingPause } from './pause-view.ts';
import { RulesForm } from './rules-form.ts';

/** How often the day is read again while the page is looked at. */
const REFRESH_MS = 60_000;
const LINK_OVER: ReadonlySet<string> = new Set(['unauthenticated', 'forbidden', 'not_found']);

type Closing = 'linkOver' | 'unreachable';

class GuardianPage {
  readonly #api: GuardianApi;
  readonly #form = new RulesForm((limits) => void this.#change(limits));
  #rules: GuardianRulesReply | null = null;
  #day: PlaytimeReply | null = null;

  constructor(api: GuardianApi) {
    this.#api = api;
    listenForPause(
      () => this.#rules?.serverAt ?? new Date().toISOString(),
      (pause) => void this.#change({ pause }),
    );
    setInterval(() => document.visibilityState === 'visible' && void this.#refresh(), REFRESH_MS);
  }

  async open(): Promise<void> {
    try {
      [this.#rules, this.#day] = await Promise.all([this.#api.readRules(), this.#api.readDay()]);
      this.#form.show(this.#rules);
      this.render();
      setHidden('closed', true);
      setHidden('open', false);
    } catch (error) {
      showClosed(error instanceof GuardianApiError && LINK_OVER.has(error.code) ? 'linkOver' : 'unreachable');
    }
  }

  /** Everything but what was typed. */
  render(): void {
    if (this.#rules === null || this.#day === null) return;
    showDay(this.#day, this.#rules);
    showPause(this.#rules);
    this.#form.showLaw(this.#rules);
    showHistory(this.#rules);
  }

  async #refresh(): Promise<void> {
    if (this.#rules === null) return;
    try {
      [this.#rules, this.#day] = await Promise.all([this.#api.readRules(), this.#api.readDay()]);
      this.render();
    } catch (error) {
      if (error instanceof GuardianApiError && LINK_OVER.has(error.code)) showClosed('linkOver');
    }
  }

  async #change(change: Partial<GuardianRulesRequest>): Promise<void> {
    if (this.#rules === null) return;
    const { rules, version } = this.#rules;
    const isPausing = 'pause' in change;
    setText('said', '');
    try {
      const pause = standingPause(this.#rules);
      this.#rules = await this.#api.setRules({ ...rules, pause, ...change, ifVersion: version });
      if (!isPausing) this.#form.show(this.#rules);
      this.render();
      setText('said', texts().saved);
      if (isPausing) byId(change.pause === null ? 'pause-title' : 'resume', HTMLElement).focus();
    } catch (error) {
      await this.#explain(error);
    }
  }

  async #explain(error: unknown): Promise<void> {
    const code = error instanceof GuardianApiError ? error.code : 'unreachable';
    if (LINK_OVER.has(code)) return showClosed('linkOver');
    if (code !== 'conflict') return setText('said', texts().notSaved);
    await this.open();
    setText('said', texts().changedMeanwhile);
  }
}

function showClosed(closing: Closing): void {
  setHidden('open', true);
  setHidden('closed', false);
  setHidden('retry', closing === 'linkOver');
  const section = byId('closed', HTMLElement);
  section.dataset.closing = closing;
  tellClosed();
  byId('closed-title', HTMLElement).focus();
}

function tellClosed(): void {
  const { closing } = byId('closed', HTMLElement).dataset;
  if (closing !== 'linkOver' && closing !== 'unreachable') return;
  setText('closed-title', texts()[closing].title);
  setText('closed-text', texts()[closing].text);
}

function listenForLanguage(onChange: () => void): void {
  for (const locale of LOCALES) {
    const button = byId(`language-${locale}`, HTMLButtonElement);
    button.addEventListener('click', () => {
      chooseLocale(locale);
      setText('said', '');
      onChange();
    });
  }
}

function showLanguage(): void {
  fillTexts(document);
  for (const locale of LOCALES) {
    byId(`language-${locale}`, HTMLButtonElement).ariaPressed = String(locale === currentLocale());
  }
  tellClosed();
}

const link = takeLinkToken();
const page = link === null ? null : new GuardianPage(new GuardianApi(link));
listenForLanguage(() => {
  showLanguage();
  page?.render();
});
showLanguage();
byId('retry', HTMLButtonElement).addEventListener('click', () => void page?.open());
// A link opened in a tab that shows another one changes the fragment only.
addEventListener('hashchange', () => location.reload());
if (page === null) showClosed('linkOver');
else void page.open();
