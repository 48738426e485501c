// Joins the parts of the page: what the visitor orders, what the SDK says, and what is shown. One per tab.
import type { AnySessionEvent } from '@playgate/sdk/browser';
import type { DemoState, DemoTime } from './demo-api.ts';
import { formatCountdown, formatMoment } from './format.ts';
import { Game } from './game/game.ts';
import { chooseLocale, currentLocale, fillTexts, texts } from './language.ts';
import type { Locale } from './messages.ts';
import { Play, type Seat, type Stage } from './play/play.ts';
import { ClockLink } from './time/clock-link.ts';
import type { PlayClock } from './time/play-clock.ts';
import { type Follower, type Presence, Tabs } from './time/tabs.ts';
import { playOn, skipTo } from './time/time-travel.ts';
import { Chooser } from './view/chooser.ts';
import { ClockBar } from './view/clock-bar.ts';
import { DayStrip } from './view/day-strip.ts';
import { byId, setText } from './view/dom.ts';
import { EventLog } from './view/event-log.ts';
import { Panel } from './view/panel.ts';
import { Screens } from './view/screens.ts';
import { Toasts } from './view/toasts.ts';

/** Figures are read so often; the countdown shows whole seconds. */
const RENDER_EVERY_MS = 200;
/** How often the counted day is asked for while playing. */
const REFRESH_DAY_EVERY_MS = 10_000;
/** On the way through time the call to save stays so long, that it can be read. */
const SAVE_SHOWN_MS = 1_600;

export class Conductor implements Follower {
  readonly #state: DemoState;
  readonly #clock: PlayClock;
  readonly #link: ClockLink;
  readonly #play: Play;
  readonly #tabs: Tabs;
  readonly #game: Game;
  readonly #chooser: Chooser;
  readonly #clockBar: ClockBar;
  readonly #panel: Panel;
  readonly #screens: Screens;
  readonly #toasts = new Toasts(byId('toasts', HTMLElement));
  readonly #log: EventLog;
  readonly #day: DayStrip;
  readonly #save = byId('save', HTMLElement);
  #isTravelling = false;
  #playsOnAfter: Seat | null = null;
  #seen: Promise<void> = Promise.resolve();

  constructor(state: DemoState, clock: PlayClock, seat: Seat) {
    this.#state = state;
    this.#clock = clock;
    this.#log = new EventLog(state.zone);
    this.#day = new DayStrip(state);
    this.#link = new ClockLink(clock, state, (mode) => this.#modeChanged(mode));
    this.#play = new Play({
      clock,
      publishableKey: state.publishableKey,
      beforeRequest: () => this.#link.catchUp(),
      onStage: (stage) => this.#stageChanged(stage),
      onEvent: (event) => this.#take(event),
      onExchanged: (exchanged) => this.#log.addExchange(this.#clock.now(), exchanged),
    });
    this.#game = new Game(byId('canvas', HTMLCanvasElement), (score) => {
      setText(byId('score', HTMLOutputElement), String(score));
    });
    this.#chooser = new Chooser(state, seat, (chosen) => this.#seatChosen(chosen));
    this.#panel = new Panel(this.#play, state.rules);
    this.#screens = new Screens(this.#play, state, () => this.#runGame());
    this.#clockBar = new ClockBar(state.zone, {
      playOn: (ms) => void this.#travel(() => this.#playOn(ms)),
      toNight: () => void this.#travel(() => skipTo(this.#parts, { at: '23:55' })),
      toReal: () => void this.#travel(() => skipTo(this.#parts, { real: true })),
    });
    this.#tabs = new Tabs(this);
    this.#listen();
    this.#seatChosen(seat);
    this.translate(currentLocale());
    setInterval(() => this.#render(), RENDER_EVERY_MS);
    setInterval(() => this.#play.stage.kind === 'playing' && this.#refreshDay(), REFRESH_DAY_EVERY_MS);
  }

  /** A start that is under way does not follow the clock. */
  get #canTravel(): boolean {
    return !this.#isTravelling && this.#play.stage.kind !== 'starting';
  }

  get #parts() {
    return { link: this.#link, tabs: this.#tabs, self: this };
  }

  start(): void {
    void this.#play.start(this.#chooser.seat);
  }

  translate(locale: Locale): void {
    chooseLocale(locale);
    fillTexts(document);
    for (const each of ['vi', 'en'] as const) {
      byId(`language-${each}`, HTMLButtonElement).setAttribute('aria-pressed', String(each === locale));
    }
    this.#chooser.render(this.#isSeated());
    this.#log.render();
    this.#day.render();
    this.#screens.translateNotice();
    this.#toasts.clear();
    this.#render();
  }

  presence(): Presence {
    const isPlaying = this.#play.stage.kind === 'playing';
    const remainingMs = isPlaying ? (this.#play.session?.getRemaining().remainingMs ?? null) : null;
    return { ...(this.#play.seat ?? this.#chooser.seat), isPlaying, remainingMs };
  }

  async depart(leave: boolean): Promise<void> {
    this.#isTravelling = true;
    this.#clockBar.showTravel(0);
    this.#lockClock();
    await this.#link.catchUp();
    this.#link.hold();
    this.#clock.follow(this.#clock.now(), 0);
    this.#playsOnAfter = leave && this.#play.stage.kind === 'playing' ? this.#play.seat : null;
    if (leave) await this.#play.end();
  }

  async step(at: number): Promise<void> {
    this.#link.step(at);
    await this.#play.sync();
    this.#render();
  }

  arrive(time: DemoTime): void {
    this.#link.release(time);
    this.#isTravelling = false;
    this.#clockBar.showTravel(null);
    const seat = this.#playsOnAfter;
    this.#playsOnAfter = null;
    if (seat !== null) void this.#play.start(seat);
    this.#log.add(this.#clock.now(), (log) => (time.mode === 'real' ? log.clockReal : log.clockMoved));
    this.#refreshDay();
    this.#render();
  }

  tabsChanged(): void {
    const { playerRef } = this.presence();
    const others = this.#tabs.others.filter((other) => other.isPlaying && other.playerRef === playerRef);
    setText(byId('others', HTMLElement), others.length === 0 ? '' : texts().othersPlay(others.length));
  }

  async #travel(go: () => Promise<void>): Promise<void> {
    if (!this.#canTravel) return;
    try {
      await go();
    } catch (error) {
      const code = error instanceof Error ? error.message : String(error);
      this.#toasts.show(texts().failedTitle, texts().failedText(code), 'near');
    }
  }

  #playOn(ms: number): Promise<void> {
    const onProgress = (share: number) => this.#clockBar.showTravel(share);
    return playOn(this.#parts, ms, { onProgress, seen: () => this.#seen });
  }

  #isSeated(): boolean {
    return this.#play.stage.kind === 'playing' || this.#play.stage.kind === 'starting';
  }

  #seatChosen(seat: Seat): void {
    this.#game.choose(seat.gameId);
    this.#play.reset();
    this.#chooser.showRating();
    this.#refreshDay();
    this.#render();
  }

  #stageChanged(stage: Stage): void {
    const { seat } = this.#chooser;
    this.#chooser.lock(this.#isSeated());
    this.#toasts.clear();
    if (stage.kind === 'playing') {
      this.#game.choose(seat.gameId);
      this.#runGame();
      byId('canvas', HTMLCanvasElement).scrollIntoView({ block: 'nearest' });
    } else {
      this.#game.halt();
      this.#save.hidden = true;
      // The end says more than a notice that came due with it.
      this.#screens?.hideNotice();
    }
    if (stage.kind === 'denied') this.#log.add(this.#clock.now(), (log) => log.denied(stage.denial.reason));
    this.#render();
    if (stage.kind === 'denied' || stage.kind === 'ended') this.#screens.focus();
    this.#tabs?.announce();
    this.tabsChanged();
    this.#refreshDay();
  }

  #runGame(): void {
    const isPaused = this.#play.session?.getRemaining().phase === 'paused';
    if (this.#play.stage.kind !== 'playing' || isPaused || this.#screens.isNoticeShown) return;
    this.#game.run();
    byId('canvas', HTMLCanvasElement).focus({ preventScroll: true });
  }

  #take(event: AnySessionEvent): void {
    const all = texts();
    if (event.type === 'warning')
      this.#toasts.show(all.warning(formatCountdown(event.stepMs)), all.warningText, 'near');
    else if (event.type === 'notice') {
      this.#game.halt();
      this.#screens.showNotice(event, this.#state.rules);
    } else if (event.type === 'limitReached') this.#askToSave();
    else if (event.type === 'paused') this.#game.halt();
    else if (event.type === 'resumed') this.#runGame();
    else if (event.type === 'dayReset') {
      this.#save.hidden = true;
      this.#toasts.show(all.dayReset, all.dayResetText);
    } else if (event.type === 'offline') {
      const until = event.playUntilAt === null ? null : formatMoment(Date.parse(event.playUntilAt), this.#state.zone);
      this.#toasts.show(all.offlineToast, all.offlineText(until), 'near');
    } else if (event.type === 'online') this.#toasts.show(all.onlineToast, '');
    this.#log.addEvent(this.#clock.now(), event);
    if (event.type !== 'tick') this.#render();
  }

  #askToSave(): void {
    this.#save.hidden = false;
    this.#renderSave();
    if (this.#isTravelling) this.#seen = new Promise((resolve) => setTimeout(resolve, SAVE_SHOWN_MS));
  }

  #modeChanged(mode: DemoTime['mode']): void {
    if (!this.#isTravelling) this.#clockBar?.render(this.#clock.now(), mode);
  }

  #render(): void {
    const now = this.#clock.now();
    this.#clockBar.render(now, this.#link.mode);
    this.#lockClock();
    this.#panel.render(now);
    this.#screens.render(this.#chooser.seat, now);
    this.#renderSave();
  }

  #lockClock(): void {
    this.#clockBar.lock(!this.#canTravel);
  }

  #renderSave(): void {
    if (this.#save.hidden) return;
    const left = this.#play.session?.getRemaining();
    if (left?.phase === 'playing') this.#save.hidden = true;
    const time = left?.remainingMs == null ? '' : ` (${formatCountdown(left.remainingMs)})`;
    setText(this.#save, `${texts().page.save}${time}. ${texts().saved}`);
  }

  #refreshDay(): void {
    void this.#day.refresh(this.#chooser.seat.playerRef);
  }

  #listen(): void {
    byId('start', HTMLButtonElement).addEventListener('click', () => this.start());
    byId('end', HTMLButtonElement).addEventListener('click', () => void this.#play.end());
    byId('pause', HTMLButtonElement).addEventListener('click', () => {
      const { session } = this.#play;
      if (session?.getRemaining().phase === 'paused') session.resume();
      else session?.pause();
    });
    byId('second-tab', HTMLButtonElement).addEventListener('click', () => this.#openTab(this.#chooser.seat));
    byId('second-game', HTMLButtonElement).addEventListener('click', () => {
      const { gameId, playerRef } = this.#chooser.seat;
      const games = this.#state.games;
      const next = games[(games.findIndex((game) => game.gameId === gameId) + 1) % games.length];
      this.#openTab({ playerRef, gameId: next?.gameId ?? gameId });
    });
    for (const locale of ['vi', 'en'] as const) {
      byId(`language-${locale}`, HTMLButtonElement).addEventListener('click', () => this.translate(locale));
    }
  }

  #openTab({ gameId, playerRef }: Seat): void {
    window.open(`/demo?${new URLSearchParams({ player: playerRef, game: gameId, start: 'now' })}`, '_blank');
  }
}
