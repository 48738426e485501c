// The day of the player as the gateway counted it: one row per game and one for all of them, where minutes that were
// played twice lie on each other.
import { type DemoState, fetchPlaytime } from '../demo-api.ts';
import { formatUsed } from '../format.ts';
import { texts } from '../language.ts';
import { byId, make } from './dom.ts';

type Playtime = Awaited<ReturnType<typeof fetchPlaytime>>;
type Interval = Playtime['games'][number]['intervals'][number];

const DAY_MS = 86_400_000;
const HOURS = [0, 6, 12, 18, 24];

export class DayStrip {
  readonly #state: DemoState;
  readonly #place = byId('day', HTMLElement);
  #playtime: Playtime | null = null;
  #asked = 0;

  constructor(state: DemoState) {
    this.#state = state;
  }

  /** Asks the gateway; what cannot be had is not shown. */
  async refresh(playerRef: string): Promise<void> {
    const turn = ++this.#asked;
    const playtime = await fetchPlaytime(playerRef).catch(() => null);
    if (turn !== this.#asked) return;
    this.#playtime = playtime;
    this.render();
  }

  render(): void {
    const games = this.#playtime?.games ?? [];
    const startsAt = this.#playtime === null ? 0 : Date.parse(`${this.#playtime.date}T00:00:00Z`) - this.#offsetMs();
    const rows = this.#state.games.map(({ gameId, title }) => {
      const game = games.find((entry) => entry.gameId === gameId);
      return row(title, game?.usedMs ?? 0, { intervals: game?.intervals ?? [], startsAt });
    });
    const all = games.flatMap(({ intervals }) => intervals);
    const total = row(texts().allGames, this.#playtime?.totalMs ?? 0, { intervals: all, startsAt });
    total.classList.add('total');
    this.#place.replaceChildren(...rows, total, scale());
  }

  /** How far the zone's clock is ahead of UTC today. */
  #offsetMs(): number {
    const at = Date.parse(`${this.#playtime?.date}T12:00:00Z`);
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: this.#state.zone,
      timeZoneName: 'longOffset',
    }).formatToParts(at);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  }
}

interface Played {
  readonly intervals: readonly Interval[];
  readonly startsAt: number;
}

function row(title: string, usedMs: number, { intervals, startsAt }: Played): HTMLElement {
  const line = make('div', 'day-row');
  const track = make('div', 'track');
  for (const { endedAt, startedAt } of intervals) {
    const bar = make('span', 'played');
    const fromMs = Date.parse(startedAt) - startsAt;
    bar.style.insetInlineStart = `${(fromMs / DAY_MS) * 100}%`;
    bar.style.inlineSize = `${((Date.parse(endedAt) - Date.parse(startedAt)) / DAY_MS) * 100}%`;
    track.append(bar);
  }
  line.append(make('span', 'day-name', title), track, make('span', 'day-used', formatUsed(usedMs)));
  return line;
}

function scale(): HTMLElement {
  const line = make('div', 'day-row scale');
  const track = make('div', 'track');
  for (const hour of HOURS) {
    const mark = make('span', 'hour', String(hour));
    mark.style.insetInlineStart = `${(hour / 24) * 100}%`;
    track.append(mark);
  }
  line.append(make('span', 'day-name'), track, make('span', 'day-used'));
  line.setAttribute('aria-hidden', 'true');
  return line;
}
