import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextDate, previousDate, weekdayOf } from './calendar-date.ts';
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, parseInstant } from './time.ts';
import { dayOf, dayOfDate, instantOfWallTime, isZone } from './zone.ts';

const ZONES = [
  'UTC',
  'Asia/Ho_Chi_Minh',
  'Asia/Shanghai',
  'Asia/Seoul',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Tehran',
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Asuncion',
  'America/Havana',
  'America/New_York',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/Scoresbysund',
  'America/St_Johns',
  'Antarctica/Troll',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
];

const anyZone = fc.constantFrom(...ZONES);
const anyInstant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2037, 11, 31) });

/** What the zone's clock shows, as text that sorts like time; straight from the engine, without the code under test. */
function wallClock(zone: string): (at: Instant) => string {
  const formatter = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return (at) => formatter.format(at);
}

describe('days of a zone', () => {
  it('tile time without gap or overlap', () => {
    fc.assert(
      fc.property(anyZone, anyInstant, (zone, at) => {
        const day = dayOf(zone, at);
        expect(day.startsAt).toBeLessThanOrEqual(at);
        expect(day.endsAt).toBeGreaterThan(at);
        expect(dayOf(zone, day.startsAt)).toEqual(day);
        expect(dayOf(zone, day.endsAt - 1)).toEqual(day);
        expect(dayOf(zone, day.endsAt).startsAt).toBe(day.endsAt);
        expect(dayOf(zone, day.startsAt - 1).endsAt).toBe(day.startsAt);
        expect(dayOfDate(zone, day.date)).toEqual(day);
      }),
      { numRuns: 1000 },
    );
  });

  it('follow each other over years, and last 22 to 26 hours', () => {
    for (const zone of ZONES) {
      let day = dayOfDate(zone, '2009-01-01');
      while (day.date < '2013-01-01') {
        const next = dayOfDate(zone, nextDate(day.date));
        expect(next.startsAt).toBe(day.endsAt);
        const lengthMs = day.endsAt - day.startsAt;
        const wasSkipped = zone === 'Pacific/Apia' && day.date === '2011-12-30';
        expect(lengthMs).toBeGreaterThanOrEqual(wasSkipped ? 0 : 22 * HOUR_MS);
        expect(lengthMs).toBeLessThanOrEqual(26 * HOUR_MS);
        day = next;
      }
    }
  });

  it('start when the clock of the zone first shows their date', () => {
    fc.assert(
      fc.property(anyZone, anyInstant, (zone, at) => {
        const day = dayOf(zone, at);
        const show = wallClock(zone);
        expect(show(day.startsAt).slice(0, 10)).toBe(day.date);
        expect(show(day.startsAt - 1).slice(0, 10) < day.date).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('say a date that only a repeated quarter before midnight could differ from', () => {
    fc.assert(
      fc.property(anyZone, anyInstant, (zone, at) => {
        fc.pre(zone !== 'America/St_Johns' && zone !== 'Asia/Gaza');
        expect(dayOf(zone, at).date).toBe(wallClock(zone)(at).slice(0, 10));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('wall times', () => {
  const anyTime = fc.integer({ min: 0, max: 1439 }).map((minutes) => {
    const two = (value: number) => String(value).padStart(2, '0');
    return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  });

  it('are the first minute at which the clock shows them or later', () => {
    fc.assert(
      fc.property(anyZone, anyInstant, anyTime, (zone, at, time) => {
        const day = dayOf(zone, at);
        const show = wallClock(zone);
        let expectedAt = day.startsAt;
        while (show(expectedAt) < `${day.date} ${time}`) expectedAt += MINUTE_MS;
        expect(instantOfWallTime(zone, day.date, time)).toBe(expectedAt);
      }),
      { numRuns: 100 },
    );
  });

  it('never go back within a day, and 24:00 is the next 00:00', () => {
    fc.assert(
      fc.property(anyZone, anyInstant, anyTime, anyTime, (zone, at, left, right) => {
        const { date, startsAt, endsAt } = dayOf(zone, at);
        const [early, late] = left < right ? [left, right] : [right, left];
        expect(instantOfWallTime(zone, date, early)).toBeLessThanOrEqual(instantOfWallTime(zone, date, late));
        expect(instantOfWallTime(zone, date, '00:00')).toBe(startsAt);
        expect(instantOfWallTime(zone, date, '24:00')).toBe(endsAt);
      }),
    );
  });
});

it('knows zones by their IANA names only', () => {
  expect(ZONES.every(isZone)).toBe(true);
  for (const name of ['', 'Mars/Olympus', '+07:00', 'Asia/Ho_Chi_Minh ', 'GMT+7:30']) expect(isZone(name)).toBe(false);
});

describe('dates', () => {
  it('have neighbours and weekdays', () => {
    expect(nextDate('2024-02-28')).toBe('2024-02-29');
    expect(nextDate('2023-02-28')).toBe('2023-03-01');
    expect(previousDate('2026-01-01')).toBe('2025-12-31');
    expect(['1969-12-31', '1970-01-01', '2026-03-02', '2026-03-08'].map(weekdayOf)).toEqual([
      'wed',
      'thu',
      'mon',
      'sun',
    ]);
  });

  it('go on by a day of UTC', () => {
    fc.assert(
      fc.property(anyInstant, (at) => {
        const { date, startsAt } = dayOf('UTC', at);
        expect(dayOf('UTC', startsAt + DAY_MS).date).toBe(nextDate(date));
        expect(previousDate(nextDate(date))).toBe(date);
      }),
    );
  });
});

it('reads instants in UTC and nothing else', () => {
  expect(parseInstant('2026-03-02T16:59:59.999Z')).toBe(Date.UTC(2026, 2, 2, 16, 59, 59, 999));
  expect(parseInstant('2026-03-02T16:59:59Z')).toBe(Date.UTC(2026, 2, 2, 16, 59, 59));
  const wrong = ['2026-02-30T00:00:00Z', '2026-03-02', '2026-03-02T24:00:00Z', '2026-03-02T00:00:00+07:00', 'now', ''];
  expect(wrong.map(parseInstant)).toEqual(wrong.map(() => null));
});
