// The loop: keys and pointer in, frames out. It runs while it is told to and knows nothing of play time.
import { drawFrame } from './draw.ts';
import { lookOf } from './look.ts';
import { LANDSCAPE, PORTRAIT, River } from './river.ts';

const DIRECTIONS: Readonly<Record<string, number>> = { ArrowUp: -1, KeyW: -1, ArrowDown: 1, KeyS: 1 };
/** More pixels than this cost battery and show nothing. */
const DENSITY_MAX = 2;

export class Game {
  readonly #canvas: HTMLCanvasElement;
  readonly #paint: CanvasRenderingContext2D;
  readonly #onScore: (score: number) => void;
  readonly #calm = window.matchMedia('(prefers-reduced-motion: reduce)');
  #river = new River(LANDSCAPE, Math.random);
  #gameId = '';
  #direction = 0;
  #targetY: number | null = null;
  #frame: number | null = null;
  #lastMs = 0;

  constructor(canvas: HTMLCanvasElement, onScore: (score: number) => void) {
    const paint = canvas.getContext('2d');
    if (paint === null) throw new Error('this browser draws no canvas');
    this.#canvas = canvas;
    this.#paint = paint;
    this.#onScore = onScore;
    this.#listen();
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
  }

  /** Shows a game, from its beginning. */
  choose(gameId: string): void {
    this.#gameId = gameId;
    this.#river = new River(this.#river.view, Math.random);
    this.#onScore(0);
    this.#draw();
  }

  run(): void {
    if (this.#frame !== null) return;
    this.#lastMs = performance.now();
    this.#frame = requestAnimationFrame((at) => this.#tick(at));
  }

  halt(): void {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
  }

  #tick(at: number): void {
    const before = this.#river.score;
    this.#river.step(Math.max(0, at - this.#lastMs), { direction: this.#direction, targetY: this.#targetY });
    this.#lastMs = at;
    if (this.#river.score !== before) this.#onScore(this.#river.score);
    this.#draw();
    this.#frame = requestAnimationFrame((next) => this.#tick(next));
  }

  #draw(): void {
    const frame = { paint: this.#paint, look: lookOf(this.#gameId), river: this.#river, isLively: !this.#calm.matches };
    drawFrame(frame);
  }

  #resize(): void {
    const density = Math.min(DENSITY_MAX, window.devicePixelRatio || 1);
    const width = Math.max(1, Math.round(this.#canvas.clientWidth * density));
    const height = Math.max(1, Math.round(this.#canvas.clientHeight * density));
    const view = height > width ? PORTRAIT : LANDSCAPE;
    if (view !== this.#river.view) this.#river = new River(view, Math.random);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#paint.setTransform(width / view.width, 0, 0, height / view.height, 0, 0);
    this.#draw();
  }

  #listen(): void {
    const canvas = this.#canvas;
    canvas.addEventListener('keydown', (event) => {
      const direction = DIRECTIONS[event.code];
      if (direction === undefined) return;
      event.preventDefault();
      this.#direction = direction;
      this.#targetY = null;
    });
    canvas.addEventListener('keyup', (event) => {
      if (DIRECTIONS[event.code] === this.#direction) this.#direction = 0;
    });
    canvas.addEventListener('blur', () => {
      this.#direction = 0;
    });
    const aim = (event: PointerEvent) => {
      const box = canvas.getBoundingClientRect();
      this.#targetY = ((event.clientY - box.top) / box.height) * this.#river.view.height;
    };
    canvas.addEventListener('pointerdown', aim);
    canvas.addEventListener('pointermove', aim);
  }
}
