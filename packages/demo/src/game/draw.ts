// Draws a river in a look. Flat shapes only, so that it stays sharp at any size.
import type { Look } from './look.ts';
import { CRAFT_X, type River, type Thing } from './river.ts';

const HORIZON = 128;

export interface Frame {
  readonly paint: CanvasRenderingContext2D;
  readonly look: Look;
  readonly river: River;
  /** False where the visitor asked for less motion: the background stands still and nothing shakes. */
  readonly isLively: boolean;
}

export function drawFrame(frame: Frame): void {
  const { look, paint, river } = frame;
  drawScenery(frame);
  for (const thing of river.things) drawThing(paint, look, thing, river.travelled);
  drawCraft(frame);
}

function drawScenery({ isLively, look, paint, river }: Frame): void {
  const { height, width } = river.view;
  const travelled = isLively ? river.travelled : 0;
  paint.fillStyle = look.sky;
  paint.fillRect(0, 0, width, height);
  paint.fillStyle = look.orb;
  circle(paint, width * 0.78, 70, 34);
  drawHills(paint, look.far, { travelled: travelled * 0.06, height: 62, width: 340, end: width });
  drawHills(paint, look.near, { travelled: travelled * 0.14, height: 36, width: 230, end: width });
  paint.fillStyle = look.ground;
  paint.fillRect(0, HORIZON, width, height - HORIZON);
  paint.strokeStyle = look.ripple;
  paint.lineWidth = 4;
  paint.lineCap = 'round';
  for (let row = 0; row * 46 < height - HORIZON; row += 1) {
    const y = HORIZON + 26 + row * 46;
    const pace = travelled * (0.5 + row * 0.06);
    for (let column = -1; column * 210 < width + 210; column += 1) {
      const x = column * 210 + ((row * 97) % 210) - (pace % 210);
      paint.beginPath();
      paint.moveTo(x, y);
      paint.lineTo(x + 46 + row * 5, y);
      paint.stroke();
    }
  }
}

interface Hills {
  readonly travelled: number;
  readonly height: number;
  readonly width: number;
  readonly end: number;
}

function drawHills(paint: CanvasRenderingContext2D, colour: string, { end, height, travelled, width }: Hills): void {
  paint.fillStyle = colour;
  paint.beginPath();
  paint.moveTo(0, HORIZON);
  const shift = travelled % width;
  for (let x = -width; x <= end + width; x += width) {
    paint.lineTo(x - shift, HORIZON);
    paint.quadraticCurveTo(x - shift + width / 2, HORIZON - height * 1.8, x - shift + width, HORIZON);
  }
  paint.lineTo(end, HORIZON + 1);
  paint.fill();
}

function drawThing(paint: CanvasRenderingContext2D, look: Look, thing: Thing, travelled: number): void {
  paint.save();
  const bob = Math.sin(travelled / 60 + thing.turn) * 4;
  paint.translate(thing.x, thing.y + bob);
  if (thing.kind === 'hazard') {
    paint.fillStyle = look.hazard;
    polygon(paint, [-30, 18, -24, -8, -6, -24, 14, -20, 30, 2, 26, 18]);
  } else {
    paint.fillStyle = look.prize;
    if (look.prizeShape === 'star') drawStar(paint);
    else if (look.prizeShape === 'lotus') drawLotus(paint, look.trim);
    else polygon(paint, [0, -20, 16, -4, 0, 20, -16, -4]);
  }
  paint.restore();
}

function drawStar(paint: CanvasRenderingContext2D): void {
  const points: number[] = [];
  for (let corner = 0; corner < 10; corner += 1) {
    const radius = corner % 2 === 0 ? 21 : 9;
    const angle = (corner * Math.PI) / 5 - Math.PI / 2;
    points.push(Math.cos(angle) * radius, Math.sin(angle) * radius);
  }
  polygon(paint, points);
}

function drawLotus(paint: CanvasRenderingContext2D, heart: string): void {
  for (const angle of [-0.9, 0.9, -0.45, 0.45, 0]) {
    paint.save();
    paint.rotate(angle);
    paint.beginPath();
    paint.moveTo(0, 12);
    paint.quadraticCurveTo(-13, -6, 0, -24);
    paint.quadraticCurveTo(13, -6, 0, 12);
    paint.fill();
    paint.restore();
  }
  paint.fillStyle = heart;
  circle(paint, 0, 8, 5);
}

function drawCraft({ isLively, look, paint, river }: Frame): void {
  paint.save();
  const shake = isLively && river.hitMs > 0 ? Math.sin(river.hitMs / 18) * 5 : 0;
  const bob = isLively ? Math.sin(river.travelled / 55) * 3 : 0;
  paint.translate(CRAFT_X + shake, river.craftY + bob);
  paint.rotate(river.tilt * 0.16);
  if (river.hitMs > 0) paint.globalAlpha = 0.6;
  if (look.shape === 'lantern') drawLantern(paint, look);
  else if (look.shape === 'hawk') drawHawk(paint, look, river.travelled);
  else drawBoat(paint, look, river.travelled);
  paint.restore();
}

/** A dragon boat: hull, head, tail, rowers and oars. */
function drawBoat(paint: CanvasRenderingContext2D, look: Look, travelled: number): void {
  const stroke = Math.sin(travelled / 26) * 12;
  paint.strokeStyle = look.trim;
  paint.lineWidth = 4;
  for (const x of [-44, -16, 12]) {
    paint.beginPath();
    paint.moveTo(x, 0);
    paint.lineTo(x - 8 + stroke, 28);
    paint.stroke();
    paint.fillStyle = look.trim;
    circle(paint, x, -18, 8);
  }
  paint.fillStyle = look.craft;
  paint.beginPath();
  paint.moveTo(-92, -30);
  paint.quadraticCurveTo(-70, -4, -56, -6);
  paint.lineTo(52, -6);
  paint.quadraticCurveTo(66, -8, 70, -34);
  paint.lineTo(98, -44);
  paint.lineTo(112, -30);
  paint.lineTo(92, -24);
  paint.quadraticCurveTo(88, 14, 46, 18);
  paint.lineTo(-56, 18);
  paint.quadraticCurveTo(-84, 8, -92, -30);
  paint.fill();
  paint.fillStyle = look.trim;
  polygon(paint, [72, -36, 62, -56, 84, -42]);
  circle(paint, 92, -36, 4);
  paint.fillRect(-58, -2, 112, 5);
}

function drawLantern(paint: CanvasRenderingContext2D, look: Look): void {
  paint.fillStyle = look.craft;
  paint.beginPath();
  paint.ellipse(20, 0, 40, 30, 0, 0, Math.PI * 2);
  paint.fill();
  paint.strokeStyle = look.trim;
  paint.lineWidth = 3;
  for (const width of [14, 28]) {
    paint.beginPath();
    paint.ellipse(20, 0, width, 30, 0, 0, Math.PI * 2);
    paint.stroke();
  }
  paint.fillStyle = look.trim;
  paint.fillRect(6, -36, 28, 8);
  paint.fillRect(6, 28, 28, 8);
  polygon(paint, [12, 36, 28, 36, 20, 54]);
}

function drawHawk(paint: CanvasRenderingContext2D, look: Look, travelled: number): void {
  const beat = Math.sin(travelled / 34) * 26;
  paint.fillStyle = look.craft;
  polygon(paint, [-24, 2, -34, -26 - beat, 2, -16 - beat * 0.6, 40, 0]);
  polygon(paint, [-62, -6, -20, -4, 46, -10, 68, 0, 46, 12, -20, 10, -62, 16, -48, 4]);
  paint.fillStyle = look.trim;
  polygon(paint, [60, -4, 76, 2, 60, 5]);
  circle(paint, 50, -1, 3);
}

function circle(paint: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  paint.beginPath();
  paint.arc(x, y, radius, 0, Math.PI * 2);
  paint.fill();
}

/** x, y, x, y, ... */
function polygon(paint: CanvasRenderingContext2D, points: readonly number[]): void {
  paint.beginPath();
  for (let index = 0; index < points.length; index += 2) paint.lineTo(points[index] ?? 0, points[index + 1] ?? 0);
  paint.closePath();
  paint.fill();
}
