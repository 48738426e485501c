// What covers the game: before it starts, when it is refused, when it ended, and the health notice.
import type { LocalizedText } from '@playgate/contract/wire';
import type { Denial } from '@playgate/sdk/browser';
import type { DemoRule, DemoState } from '../demo-api.ts';
import { formatMoment } from '../format.ts';
import { currentLocale, texts } from '../language.ts';
import type { Play, Seat, Stage } from '../play/play.ts';
import { byId, setText } from './dom.ts';
import { citeOf, describeRule } from './rule-words.ts';

interface Words {
  readonly title: string;
  readonly text: string;
  readonly nextAt?: string | null;
  readonly cite?: string;
  readonly button: string | null;
  readonly tone: 'plain' | 'kind';
}

export class Screens {
  readonly #play: Play;
  readonly #state: DemoState;
  readonly #screen = byId('screen', HTMLElement);
  readonly #title = byId('screen-title', HTMLElement);
  readonly #text = byId('screen-text', HTMLElement);
  readonly #next = byId('screen-next', HTMLElement);
  readonly #cite = byId('screen-cite', HTMLElement);
  readonly #hotline = byId('screen-hotline', HTMLElement);
  readonly #start = byId('start', HTMLButtonElement);
  readonly #notice = byId('notice', HTMLElement);
  #shownNotice: { readonly id: string; readonly texts: LocalizedText } | null = null;

  constructor(play: Play, state: DemoState, onNoticeRead: () => void) {
    this.#play = play;
    this.#state = state;
    byId('notice-read', HTMLButtonElement).addEventListener('click', () => {
      this.hideNotice();
      onNoticeRead();
    });
  }

  get isNoticeShown(): boolean {
    return this.#shownNotice !== null;
  }

  /** `now`: sandbox time, which may make a refusal out of date. */
  render(seat: Seat, now: number): void {
    const { stage } = this.#play;
    this.#screen.hidden = stage.kind === 'playing';
    if (stage.kind === 'playing') return;
    const words = this.#wordsOf(stage, seat);
    this.#screen.dataset.kind = stage.kind;
    setText(this.#title, words.title);
    setText(this.#text, words.text);
    setText(this.#cite, words.cite ?? '');
    setText(this.#next, this.#nextText(words.nextAt ?? null, now));
    this.#start.hidden = words.button === null;
    setText(this.#start, words.button ?? '');
    this.#hotline.hidden = words.tone !== 'kind';
  }

  focus(): void {
    this.#title.focus({ preventScroll: true });
  }

  showNotice(notice: { readonly id: string; readonly texts: LocalizedText }, rules: readonly DemoRule[]): void {
    this.#shownNotice = notice;
    this.#notice.hidden = false;
    setText(byId('notice-label', HTMLElement), texts().noticeLabel);
    // The law gives the sentence in Vietnamese, so it is shown in every language.
    setText(byId('notice-text', HTMLElement), notice.texts.vi);
    setText(byId('notice-translation', HTMLElement), currentLocale() === 'vi' ? '' : notice.texts.en);
    setText(byId('notice-cite', HTMLElement), citeOf(rules, notice.id));
    byId('notice-read', HTMLButtonElement).focus({ preventScroll: true });
  }

  hideNotice(): void {
    this.#shownNotice = null;
    this.#notice.hidden = true;
  }

  translateNotice(): void {
    if (this.#shownNotice !== null) this.showNotice(this.#shownNotice, this.#state.rules);
  }

  #nextText(nextAt: string | null, now: number): string {
    if (nextAt === null) return '';
    const at = Date.parse(nextAt);
    return now >= at ? texts().allowedNow : texts().nextAllowed(formatMoment(at, this.#state.zone));
  }

  #wordsOf(stage: Exclude<Stage, { kind: 'playing' }>, seat: Seat): Words {
    const all = texts();
    if (stage.kind === 'starting') return { title: all.startingTitle, text: '', button: null, tone: 'plain' };
    if (stage.kind === 'failed') {
      return { title: all.failedTitle, text: all.failedText(stage.code), button: all.tryAgain, tone: 'plain' };
    }
    if (stage.kind === 'denied') return this.#refusalWords(stage.denial, all.deniedTitle);
    if (stage.kind === 'ended') return this.#endWords(stage);
    const player = all.players[seat.playerRef]?.name ?? seat.playerRef;
    const game = this.#state.games.find(({ gameId }) => gameId === seat.gameId)?.title ?? seat.gameId;
    return { title: all.readyTitle(player, game), text: all.readyText, button: all.start, tone: 'plain' };
  }

  #refusalWords(denial: Denial, title: string): Words {
    const { bindingRule, message, nextAllowedAt } = denial;
    return {
      title,
      text: message[currentLocale()],
      nextAt: nextAllowedAt,
      cite: bindingRule === null ? '' : ruleAndCite(bindingRule, this.#state.rules),
      button: texts().tryAgain,
      tone: 'kind',
    };
  }

  #endWords({ denial, ended }: Extract<Stage, { kind: 'ended' }>): Words {
    const { endedTitle, limitText, quitText, quitTitle, startAgain, tryAgain } = texts();
    if (ended.by === 'game' || ended.by === 'page') {
      return { title: quitTitle, text: quitText, button: startAgain, tone: 'plain' };
    }
    const { bindingRule, nextAllowedAt, reason } = ended;
    const text = denial?.message[currentLocale()] ?? this.#play.endMessage?.[currentLocale()] ?? limitText;
    return {
      title: reason === 'daily_budget_spent' ? endedTitle : quitTitle,
      text,
      nextAt: denial?.nextAllowedAt ?? nextAllowedAt,
      cite: bindingRule === null ? '' : ruleAndCite(bindingRule, this.#state.rules),
      button: tryAgain,
      tone: 'kind',
    };
  }
}

function ruleAndCite(rule: NonNullable<Denial['bindingRule']>, rules: readonly DemoRule[]): string {
  const cite = citeOf(rules, rule.id);
  return cite === '' ? describeRule(rule) : `${describeRule(rule)}. ${cite}`;
}
