// The page at /demo: asks who and what there is, then hands over to the conductor.
import { Conductor } from './conductor.ts';
import { type DemoState, fetchState } from './demo-api.ts';
import { currentLocale, fillTexts, texts } from './language.ts';
import type { Seat } from './play/play.ts';
import { PlayClock } from './time/play-clock.ts';
import { byId, setText } from './view/dom.ts';

/** The player a visitor learns most from. */
const FIRST_PLAYER = 'linh-17';
const RETRY_MS = 2_000;

/** A second tab is opened with the seat of the first. */
function seatAsked(state: DemoState, query: URLSearchParams): Seat {
  const player = state.players.find(({ playerRef }) => playerRef === query.get('player'));
  const game = state.games.find(({ gameId }) => gameId === query.get('game'));
  return { playerRef: player?.playerRef ?? FIRST_PLAYER, gameId: (game ?? state.games[0])?.gameId ?? '' };
}

async function begin(): Promise<void> {
  fillTexts(document);
  let state: DemoState;
  try {
    state = await fetchState();
  } catch (error) {
    setText(byId('screen-title', HTMLElement), texts().failedTitle);
    setText(byId('screen-text', HTMLElement), texts().failedText((error as Error).message));
    document.body.dataset.ready = 'no';
    setTimeout(() => void begin(), RETRY_MS);
    return;
  }
  const query = new URLSearchParams(window.location.search);
  const host = {
    monotonicMs: () => performance.now(),
    setTimer: (callback: () => void, delayMs: number) => window.setTimeout(callback, delayMs),
    clearTimer: (timer: unknown) => window.clearTimeout(timer as number),
  };
  const clock = new PlayClock(host, Date.parse(state.now));
  const conductor = new Conductor(state, clock, seatAsked(state, query));
  conductor.translate(currentLocale());
  document.body.dataset.ready = 'yes';
  if (query.get('start') === 'now') {
    // A reload of the tab must not start again by itself.
    window.history.replaceState(null, '', '/demo');
    conductor.start();
  }
}

void begin();
