// The calendar days and the wall clock of any IANA zone, from the zone data of the JavaScript engine.
//
// A wall time means the first instant at which the zone's clock shows it or something later. So a time that
// a clock change skips is the first instant after the change, a time shown twice is the first of the two,
// days tile time without gap or overlap, and a date that a zone skipped altogether is an empty day.
import { dateOfEpochDay, epochDayOf } from './calendar-date.ts';
import {
  type CalendarDate,
  type CalendarDay,
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  minutesOfWallTime,
  type WallTime,
} from './time.ts';

interface Zone {
  readonly formatter: Intl.DateTimeFormat;
  /** By epoch day; only a memory of what the formatter said. */
  readonly days: Map<number, CalendarDay>;
}

/** A formatter takes tens of kilobytes; a gateway serves a handful of zones. */
const ZONES_KEPT_MAX = 64;
/** More than the days of one search, so that a search repeated does not compute them again. */
const DAYS_KEPT_MAX = 1024;
/** More than the distance of any zone, past or present, from UTC. */
const OFFSET_MS_MAX = 16 * HOUR_MS;

const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

const zones = new Map<string, Zone>();

/** True for an IANA zone name that this engine knows; an offset such as `+07:00` is not one. */
export function isZone(name: string): boolean {
  if (!ZONE_NAME.test(name)) return false;
  try {
    zoneOf(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The day of the zone's calendar that holds an instant. Throws a RangeError for an unknown zone. */
export function dayOf(zone: string, at: Instant): CalendarDay {
  const known = zoneOf(zone);
  let epochDay = Math.floor((at + OFFSET_MS_MAX) / DAY_MS);
  let day = dayOfEpochDay(known, epochDay);
  while (day.startsAt > at) day = dayOfEpochDay(known, --epochDay);
  return day;
}

/** The day of a date; empty (`startsAt` equals `endsAt`) where the zone skipped it. */
export function dayOfDate(zone: string, date: CalendarDate): CalendarDay {
  return dayOfEpochDay(zoneOf(zone), epochDayOf(date));
}

export function instantOfWallTime(zone: string, date: CalendarDate, time: WallTime): Instant {
  const known = zoneOf(zone);
  const epochDay = epochDayOf(date);
  const { startsAt, endsAt } = dayOfEpochDay(known, epochDay);
  const passedMs = minutesOfWallTime(time) * MINUTE_MS;
  const isOrdinary = endsAt - startsAt === DAY_MS;
  return isOrdinary ? startsAt + passedMs : firstInstantShowing(known, epochDay * DAY_MS + passedMs);
}

function dayOfEpochDay(zone: Zone, epochDay: number): CalendarDay {
  const known = zone.days.get(epochDay);
  if (known !== undefined) return known;
  const day = {
    date: dateOfEpochDay(epochDay),
    startsAt: zone.days.get(epochDay - 1)?.endsAt ?? firstInstantShowing(zone, epochDay * DAY_MS),
    endsAt: firstInstantShowing(zone, (epochDay + 1) * DAY_MS),
  };
  if (zone.days.size >= DAYS_KEPT_MAX) zone.days.clear();
  zone.days.set(epochDay, day);
  return day;
}

/** `wallMs` is a reading of the wall clock, written as if it were UTC. */
function firstInstantShowing(zone: Zone, wallMs: number): Instant {
  const before = offsetMs(zone, wallMs - OFFSET_MS_MAX);
  const after = offsetMs(zone, wallMs + OFFSET_MS_MAX);
  const shownAt = [wallMs - Math.max(before, after), wallMs - Math.min(before, after)].find(
    (at) => at + offsetMs(zone, at) === wallMs,
  );
  return shownAt ?? offsetChangeAt(zone, wallMs - OFFSET_MS_MAX, wallMs + OFFSET_MS_MAX);
}

/** The instant in `(fromAt, toAt]` from which the offset of `toAt` holds; called only where the two ends differ. */
function offsetChangeAt(zone: Zone, fromAt: Instant, toAt: Instant): Instant {
  const before = offsetMs(zone, fromAt);
  let lastBeforeAt = fromAt;
  let firstAfterAt = toAt;
  while (firstAfterAt - lastBeforeAt > 1) {
    const middleAt = Math.floor((lastBeforeAt + firstAfterAt) / 2);
    if (offsetMs(zone, middleAt) === before) lastBeforeAt = middleAt;
    else firstAfterAt = middleAt;
  }
  return firstAfterAt;
}

/** How far the wall clock is ahead of UTC at an instant. */
function offsetMs(zone: Zone, at: Instant): number {
  const shown = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const part of zone.formatter.formatToParts(at)) {
    if (part.type in shown) shown[part.type as keyof typeof shown] = Number(part.value);
  }
  const { year, month, day, hour, minute, second } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  if (zones.size >= ZONES_KEPT_MAX) zones.clear();
  const zone: Zone = { formatter, days: new Map() };
  zones.set(name, zone);
  return zone;
}
