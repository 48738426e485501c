// The rules of the little game: a craft goes up and down, takes what is good and avoids what is not. No drawing, no time
// of its own.

/** What is seen of the world; above `TOP` is the sky. */
export interface View {
  readonly width: number;
  readonly height: number;
}

export const LANDSCAPE: View = { width: 960, height: 540 };
/** For a telephone held upright. */
export const PORTRAIT: View = { width: 560, height: 800 };
/** Where the craft may be. */
const TOP = 150;
const BOTTOM_MARGIN = 46;
export const CRAFT_X = 150;
const CRAFT_REACH = 46;
/** Pixels a second. */
const SPEED_MIN = 230;
const SPEED_MAX = 460;
const SPEED_GAIN = 7;
const CRAFT_SPEED = 420;
const POINTS = 10;
/** Pixels between two things on the way. */
const GAP = 165;
const HAZARD_SHARE = 0.36;
/** How long a hit shows. */
const HIT_MS = 500;
/** A browser that was away must not move the world in one leap. */
const STEP_MS_MAX = 50;

export interface Thing {
  readonly kind: 'prize' | 'hazard';
  x: number;
  readonly y: number;
  readonly turn: number;
  isTaken: boolean;
}

export interface Steering {
  /** -1 up, 1 down, 0 none. */
  readonly direction: number;
  /** Where a pointer wants the craft; null: keys steer. */
  readonly targetY: number | null;
}

export class River {
  view: View;
  craftY: number;
  tilt = 0;
  travelled = 0;
  speed = SPEED_MIN;
  score = 0;
  streak = 0;
  hitMs = 0;
  things: Thing[] = [];
  #nextAt = 0;
  readonly #random: () => number;

  constructor(view: View, random: () => number) {
    this.view = view;
    this.craftY = (TOP + this.#bottom) / 2;
    this.#random = random;
  }

  get #bottom(): number {
    return this.view.height - BOTTOM_MARGIN;
  }

  step(elapsedMs: number, steering: Steering): void {
    const seconds = Math.min(elapsedMs, STEP_MS_MAX) / 1000;
    this.#steer(seconds, steering);
    this.speed = Math.min(SPEED_MAX, this.speed + SPEED_GAIN * seconds);
    this.hitMs = Math.max(0, this.hitMs - seconds * 1000);
    const passed = this.speed * seconds;
    this.travelled += passed;
    for (const thing of this.things) thing.x -= passed;
    this.things = this.things.filter(({ isTaken, x }) => !isTaken && x > -60);
    this.#nextAt -= passed;
    if (this.#nextAt <= 0) this.#place();
    for (const thing of this.things) this.#meet(thing);
  }

  #steer(seconds: number, { direction, targetY }: Steering): void {
    const reach = CRAFT_SPEED * seconds;
    const wanted = targetY === null ? direction * reach : Math.max(-reach, Math.min(reach, targetY - this.craftY));
    const before = this.craftY;
    this.craftY = Math.max(TOP, Math.min(this.#bottom, before + wanted));
    const moved = reach === 0 ? 0 : (this.craftY - before) / reach;
    this.tilt += (moved - this.tilt) * Math.min(1, seconds * 10);
  }

  #place(): void {
    this.#nextAt = GAP * (0.8 + this.#random() * 0.5);
    const kind = this.#random() < HAZARD_SHARE ? 'hazard' : 'prize';
    const y = TOP + this.#random() * (this.#bottom - TOP);
    this.things.push({ kind, x: this.view.width + 50, y, turn: this.#random() * Math.PI * 2, isTaken: false });
  }

  #meet(thing: Thing): void {
    if (thing.isTaken || Math.abs(thing.x - CRAFT_X - 20) > CRAFT_REACH + 14) return;
    if (Math.abs(thing.y - this.craftY) > 30) return;
    thing.isTaken = true;
    if (thing.kind === 'prize') {
      this.streak += 1;
      this.score += POINTS + Math.min(this.streak, POINTS);
    } else {
      this.streak = 0;
      this.speed = SPEED_MIN;
      this.hitMs = HIT_MS;
    }
  }
}
