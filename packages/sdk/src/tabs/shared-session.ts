// One tab's part in a session that several tabs play. It leads or follows; either way its state, in this tab's clock,
// is the session's.
//
//   following -> leading     the lock came to it: the leader died, was closed, or passed it on
//   leading   -> following   hidden while another tab is seen: timers of hidden pages are slowed down
//   either    -> closed      the session is over
//
// Play is paused when no tab plays: each is hidden or paused by its game.
import type { PageState, Platform } from '../platform/platform.ts';
import type { AnySessionEvent } from '../session/events.ts';
import { type HeartbeatLoop, monotonicNow } from '../session/heartbeat-loop.ts';
import type { Input, SessionState } from '../session/state.ts';
import { fromWire, type Presence, type TabCircle, type TabMessage, toWire, type Update } from './tab-circle.ts';
import type { DriveParts } from './tab-sharing.ts';
import { shiftState, takenOverState } from './take-over.ts';

interface Parts extends DriveParts {
  readonly platform: Platform;
  readonly circle: TabCircle;
  readonly pauseWhenHidden: boolean;
  /** What became of the page of the tab that leads. */
  pageChanged(page: PageState, state: SessionState): void;
}

export class SharedSession {
  readonly closed: Promise<void>;
  readonly #parts: Parts;
  #loop: HeartbeatLoop | null = null;
  #state: SessionState;
  #events: AnySessionEvent[] = [];
  #wanted: Input | null = null;
  #own: Presence = { isHidden: false, isPaused: false };
  #resolveClosed = () => {};
  #stopWatching: () => void;

  /** @param following the leader's word; null: this tab leads */
  constructor(parts: Parts, following: Update | null) {
    this.#parts = parts;
    const { circle, platform, state } = parts;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#state = following === null ? state : this.#translate(following);
    if (following === null) this.#lead(state);
    else circle.meet(following.presences);
    circle.onMessage = (message) => this.#take(message);
    circle.onLead = () => this.#takeOver();
    circle.onPresence = () => this.#weigh();
    circle.say(this.#own);
    this.#tell(true);
    const soon = platform.setTimer(() => {
      this.#stopWatching = platform.watchPage((page) => this.#turn(page));
    }, 0);
    this.#stopWatching = () => platform.clearTimer(soon);
  }

  get state(): SessionState {
    return this.#loop?.state ?? this.#state;
  }

  dispatch(input: Input): void {
    if (input.type === 'pause' || input.type === 'resume') {
      this.#change({ ...this.#own, isPaused: input.type === 'pause' });
    } else if (this.#loop !== null) {
      this.#loop.dispatch(input);
    } else if (this.state.phase !== 'closed') {
      // Kept, in case the leader dies before it hears of it.
      if (input.type === 'end') this.#wanted = input;
      this.#parts.circle.post({ kind: 'input', input });
    }
  }

  #change(own: Presence): void {
    this.#own = own;
    if (this.state.phase === 'closed') return;
    this.#parts.circle.say(own);
    this.#weigh();
  }

  #turn(page: PageState): void {
    const { circle, pageChanged } = this.#parts;
    if (page !== 'gone') {
      this.#change({ ...this.#own, isHidden: page === 'hidden' });
      if (this.state.phase === 'closing') this.#loop?.dispatch({ type: 'page', page });
    } else if (this.#loop !== null && !circle.hasOthers) {
      this.#loop.dispatch({ type: 'page', page });
    } else {
      circle.say(null);
      return;
    }
    if (this.#loop !== null) pageChanged(page, this.state);
  }

  /** The leader acts on how things stand in all tabs. */
  #weigh(): void {
    if (this.#loop === null) return;
    const { circle, pauseWhenHidden } = this.#parts;
    const all = [...circle.presences.values()];
    const seen = all.filter(({ isHidden }) => !isHidden);
    const counting = pauseWhenHidden && seen.length > 0 ? seen : all;
    const held = { page: seen.length === 0, game: counting.every(({ isPaused }) => isPaused) };
    const { heldBy } = this.state;
    if (pauseWhenHidden && held.page !== heldBy.page) {
      this.#loop.dispatch({ type: 'page', page: held.page ? 'hidden' : 'visible' });
    }
    if (held.game !== heldBy.game) this.#loop.dispatch({ type: held.game ? 'pause' : 'resume' });
    if (this.#own.isHidden && seen.length > 0 && this.state.phase !== 'closed') this.#passOn();
  }

  #passOn(): void {
    if (this.#loop === null) return;
    this.#tell();
    this.#state = this.#loop.state;
    this.#loop.abandon();
    this.#loop = null;
    this.#parts.circle.passLead();
  }

  #lead(state: SessionState): void {
    const loop = this.#parts.createLoop(state, () => () => {}, {
      emit: (event) => {
        this.#events.push(event);
        this.#parts.emit(event);
      },
      settled: () => this.#tell(),
    });
    this.#loop = loop;
    void loop.closed.then(() => this.#loop === loop && this.#leave());
  }

  #takeOver(): void {
    if (this.#loop !== null || this.state.phase === 'closed') return;
    this.#lead(takenOverState(this.#state, monotonicNow(this.#parts.platform)));
    this.#weigh();
    this.#drive({ type: 'slept' });
    if (this.#wanted !== null) this.#drive(this.#wanted);
  }

  /** Nothing in a hidden tab that passed the lead on at once: the next one drives. */
  #drive(input: Input): void {
    this.#loop?.dispatch(input);
  }

  #take(message: TabMessage): void {
    if (message.kind === 'update') this.#follow(message);
    else if (message.kind === 'hello') this.#tell(true);
    else if (message.kind === 'input') this.#loop?.dispatch(message.input);
  }

  #follow(update: Update): void {
    if (this.#loop !== null || this.#state.phase === 'closed') return;
    this.#state = this.#translate(update);
    this.#parts.circle.meet(update.presences);
    for (const event of update.events) this.#parts.emit(fromWire(event));
    if (this.#state.phase === 'closed') this.#leave();
  }

  /** In this tab's clock. What the message took on its way counts as passed: a tab may have been frozen meanwhile. */
  #translate({ state, monotonicMs, wallMs }: Update): SessionState {
    const { platform } = this.#parts;
    const agoMs = Math.max(0, platform.wallMs() - wallMs);
    return shiftState(state, Math.floor(monotonicNow(platform) - monotonicMs - agoMs));
  }

  /** @param isAsked also when no other tab is known: the one that asks is not yet */
  #tell(isAsked = false): void {
    const { circle, address, platform } = this.#parts;
    const events = this.#events.splice(0);
    if (this.#loop === null || !(isAsked || circle.hasOthers)) return;
    circle.post({
      kind: 'update',
      address,
      state: this.#loop.state,
      events: toWire(events),
      presences: circle.presences,
      monotonicMs: monotonicNow(platform),
      wallMs: platform.wallMs(),
    });
  }

  #leave(): void {
    this.#stopWatching();
    this.#parts.circle.leave();
    this.#resolveClosed();
  }
}
