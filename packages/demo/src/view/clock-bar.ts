import type { DemoTime } from '../demo-api.ts';
import { formatDay, formatTime } from '../format.ts';
import { texts } from '../language.ts';
import { byId, setText } from './dom.ts';

const MINUTE_MS = 60_000;

export interface ClockOrders {
  readonly playOn: (ms: number) => void;
  readonly toNight: () => void;
  readonly toReal: () => void;
}

/** The sandbox clock and the buttons that move it. */
export class ClockBar {
  readonly #zone: string;
  readonly #time = byId('clock-time', HTMLElement);
  readonly #day = byId('clock-day', HTMLElement);
  readonly #mode = byId('clock-mode', HTMLElement);
  readonly #travel = byId('travel', HTMLProgressElement);
  readonly #buttons = document.querySelectorAll<HTMLButtonElement>('.clock-buttons button');

  constructor(zone: string, orders: ClockOrders) {
    this.#zone = zone;
    for (const button of this.#buttons) {
      const minutes = Number(button.dataset.advance ?? 0);
      if (minutes > 0) button.addEventListener('click', () => orders.playOn(minutes * MINUTE_MS));
    }
    byId('to-night', HTMLButtonElement).addEventListener('click', orders.toNight);
    byId('to-real', HTMLButtonElement).addEventListener('click', orders.toReal);
  }

  render(now: number, mode: DemoTime['mode']): void {
    setText(this.#time, formatTime(now, this.#zone));
    setText(this.#day, formatDay(now, this.#zone));
    setText(this.#mode, texts().mode[mode]);
    this.#mode.dataset.mode = mode;
  }

  /** Null: no travel is under way. */
  showTravel(share: number | null): void {
    this.#travel.hidden = share === null;
    this.#travel.value = share ?? 0;
    this.#travel.setAttribute('aria-label', texts().travelling);
  }

  /** Says that the buttons are not heard now. They keep their focus meanwhile. */
  lock(isLocked: boolean): void {
    for (const button of this.#buttons) button.setAttribute('aria-disabled', String(isLocked));
  }
}
