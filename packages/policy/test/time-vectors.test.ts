import {
  type AgeBand,
  type AgeBandRange,
  ageBandAt,
  dayOf,
  dayOfDate,
  formatInstant,
  type Instant,
  instantOfWallTime,
  nextBandChangeAt,
} from '@playgate/policy';
import { describe, expect, it } from 'vitest';
import { instant, readVectorFile, vectorFileNames } from './vector-files.ts';

interface Zoned {
  readonly note: string;
  readonly zone: string;
}

interface VectorFile<T> {
  readonly about: string;
  readonly cases: readonly (Zoned & T)[];
}

function casesOf<T>(name: string): readonly (Zoned & T)[] {
  const { cases } = readVectorFile<VectorFile<T>>('time', name);
  expect(cases.length).toBeGreaterThan(0);
  return cases;
}

it('runs every file', () => {
  expect(vectorFileNames('time')).toEqual(['age-bands.json', 'day-of-instant.json', 'days.json', 'wall-times.json']);
});

describe('vectors/time/days.json', () => {
  it.each(casesOf<{ date: string; startsAt: string; endsAt: string }>('days.json'))('$zone $date: $note', (vector) => {
    const day = dayOfDate(vector.zone, vector.date);
    expect(formatInstant(day.startsAt)).toBe(vector.startsAt);
    expect(formatInstant(day.endsAt)).toBe(vector.endsAt);
  });
});

describe('vectors/time/day-of-instant.json', () => {
  it.each(casesOf<{ at: string; date: string }>('day-of-instant.json'))('$zone $at: $note', ({ zone, at, date }) => {
    expect(dayOf(zone, instant(at)).date).toBe(date);
  });
});

describe('vectors/time/wall-times.json', () => {
  it.each(casesOf<{ date: string; time: string; at: string }>('wall-times.json'))(
    '$zone $date $time: $note',
    ({ zone, date, time, at }) => {
      expect(formatInstant(instantOfWallTime(zone, date, time))).toBe(at);
    },
  );
});

describe('vectors/time/age-bands.json', () => {
  const { bands } = readVectorFile<{ bands: readonly AgeBandRange[] }>('time', 'age-bands.json');
  const cases = casesOf<{ birthDate: string; at: string; band: AgeBand; nextChangeAt: string | null }>(
    'age-bands.json',
  );

  it.each(cases)('$birthDate at $at: $note', ({ zone, birthDate, at, band, nextChangeAt }) => {
    const text = (change: Instant | null) => (change === null ? null : formatInstant(change));
    expect(ageBandAt(bands, birthDate, zone, instant(at))).toBe(band);
    expect(text(nextBandChangeAt(bands, birthDate, zone, instant(at)))).toBe(nextChangeAt);
  });
});
