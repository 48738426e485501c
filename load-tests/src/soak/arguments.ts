export interface SoakArguments {
  readonly minutes: number;
  /** Heartbeats a second; null: a quarter of what a short closed round of nothing else finds. */
  readonly perSecond: number | null;
  /** Where every sample is kept as a line of JSON. */
  readonly samplesFile: string | null;
  /** Where the heap is written to in the middle of the warm-up and at the end. */
  readonly snapshotsFolder: string | null;
}

const MINUTES_DEFAULT = 20;
/** A day. */
const MINUTES_MAX = 1_440;
const PER_SECOND_MAX = 100_000;

export const USAGE = `usage: npm run soak -- [--minutes 20] [--rate <heartbeats/s>] [--samples <file>] [--snapshots <folder>]
  --minutes <n>     how long to play, 1-${MINUTES_MAX} (default ${MINUTES_DEFAULT}); about three more to set it up
  --rate <n>        heartbeats a second, 2-${PER_SECOND_MAX} (default: a quarter of what the gateway does in a short round of nothing else)
  --samples <file>  keeps every sample, a line of JSON each
  --snapshots <folder>  keeps the heap as it is in the warm-up and at the end, to find what grew`;

/** Throws a TypeError that names the argument. */
export function readArguments(argv: readonly string[]): SoakArguments {
  let read: SoakArguments = { minutes: MINUTES_DEFAULT, perSecond: null, samplesFile: null, snapshotsFolder: null };
  for (let at = 0; at < argv.length; at++) {
    const [name, inline] = argv[at]!.split('=', 2);
    // npm hands on its own separator.
    if (name === '--') continue;
    const value = inline ?? argv[++at] ?? '';
    if (name === '--minutes') read = { ...read, minutes: wholeNumber(name, value, 1, MINUTES_MAX) };
    else if (name === '--rate') read = { ...read, perSecond: wholeNumber(name, value, 2, PER_SECOND_MAX) };
    else if (name === '--samples' && value !== '') read = { ...read, samplesFile: value };
    else if (name === '--snapshots' && value !== '') read = { ...read, snapshotsFolder: value };
    else throw new TypeError(`${name}: no such argument, or no value`);
  }
  return read;
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d{1,6}$/.test(text) && value >= min && value <= max) return value;
  throw new TypeError(`${name} must be a whole number from ${min} to ${max}`);
}
