// Loaded before a program (`--import`): its time of day is that of the machine and the milliseconds that stand in the file CHAOS_CLOCK.
// SIGUSR2 has them read again. Timers and the monotonic clock are the machine's, as they are when a clock is set.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.CHAOS_CLOCK;
if (file === undefined) throw new TypeError('CHAOS_CLOCK names no file');

const RealDate = Date;
let aheadMs = 0;

class FakedDate extends RealDate {
  constructor(...words: readonly unknown[]) {
    super(...((words.length === 0 ? [FakedDate.now()] : words) as [number]));
  }

  static override now(): number {
    return RealDate.now() + aheadMs;
  }
}

function readAhead(from: string): void {
  aheadMs = Number(readFileSync(from, 'utf8'));
  writeFileSync(`${from}.read`, String(aheadMs));
}

globalThis.Date = FakedDate as DateConstructor;
readAhead(file);
process.on('SIGUSR2', () => readAhead(file));
